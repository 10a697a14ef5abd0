#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Makes an OpenAPI document refuse keys that it does not describe, and ask for a token.

Rows of a fixed length become lists of any of their elements: schemathesis does not read `prefixItems`.
"""

import json
import sys


def strict(value):
    if isinstance(value, list):
        return [strict(element) for element in value]
    if not isinstance(value, dict):
        return value
    result = {key: strict(element) for key, element in value.items()}
    if value.get("type") == "object" and "properties" in value:
        result.setdefault("additionalProperties", False)
    if "security" in value:
        result["security"] = [scheme for scheme in value["security"] if scheme]
    if isinstance(value.get("prefixItems"), list):
        elements = result.pop("prefixItems")
        result |= {"items": {"anyOf": elements}, "minItems": len(elements), "maxItems": len(elements)}
    return result


with open(sys.argv[1], encoding="utf-8") as file:
    json.dump(strict(json.load(file)), sys.stdout)
