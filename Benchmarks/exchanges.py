# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""What client and server say to each other in the protocols that are followed, for captures and seeds.

A protocol is a server port, what is said once (pairs of the sender, 0 for the client, and bytes), and a function from
the number of an exchange on its connection to request and response, either of which may be empty. Literals and
identifiers differ from one to the next, operations do not.
"""

import struct


def sized(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


# RFC 9113, RFC 7541: literals are not indexed, so all header sections are alike.
def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    return struct.pack(">I", len(content))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + content


def text(value: bytes) -> bytes:
    return bytes([len(value)]) + value


HTTP2_SETUP = [(0, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"")), (1, frame(4, 0, 0, b"") + frame(4, 1, 0, b"")),
               (0, frame(4, 1, 0, b""))]


def http2(number: int):
    stream = 2 * number + 1
    # :method GET, :scheme http, :path, :authority; then :status 200.
    head = b"\x82\x86\x04" + text(b"/cart/%d" % (number % 1_000)) + b"\x01" + text(b"shop")
    return frame(1, 5, stream, head), frame(1, 4, stream, b"\x88") + frame(0, 1, stream, b"ok")


def grpc(number: int):
    stream = 2 * number + 1
    kind = b"\x0f\x10" + text(b"application/grpc")
    head = b"\x83\x86\x04" + text(b"/shop.Cart/Get") + b"\x01" + text(b"shop") + kind
    message = b"\0" + sized(b"\x08" + bytes([number % 128]))
    return (frame(1, 4, stream, head) + frame(0, 1, stream, message),
            frame(1, 4, stream, b"\x88" + kind) + frame(0, 0, stream, message)
            + frame(1, 5, stream, b"\0" + text(b"grpc-status") + text(b"0")))


def record(kind: int, content: bytes) -> bytes:
    return bytes([kind, 3, 3]) + struct.pack(">H", len(content)) + content


def extension(kind: int, content: bytes) -> bytes:
    return struct.pack(">HH", kind, len(content)) + content


def handshake(kind: int, content: bytes) -> bytes:
    return record(22, bytes([kind]) + struct.pack(">I", len(content))[1:] + content)


def hello(suites: bytes, extensions: bytes, after: bytes = b"") -> bytes:
    return b"\x03\x03" + bytes(32) + b"\0" + suites + after + struct.pack(">H", len(extensions)) + extensions


TLS_SETUP = [
    (0, handshake(1, hello(b"\0\x02\x13\x01", extension(0, b"\0\x07\0\0\x04shop") + extension(43, b"\x02\x03\x04"), b"\1\0"))),
    (1, handshake(2, hello(b"\x13\x01\0", extension(43, b"\x03\x04"))) + record(20, b"\1") + record(23, bytes(300))),
    (0, record(20, b"\1") + record(23, bytes(53))),
]


def tls(number: int):
    return record(23, bytes(60 + number % 8)), record(23, bytes(200 + number % 8))


def dns(number: int):
    question = b"".join(text(label) for label in (b"cart", b"shop", b"svc", b"cluster", b"local", b"")) + b"\0\1\0\1"
    identifier = struct.pack(">H", number & 0xFFFF)
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x1e\0\4\x0a\x60\0\x01"
    return (identifier + b"\x01\0\0\1\0\0\0\0\0\0" + question,
            identifier + b"\x85\x80\0\1\0\1\0\0\0\0" + question + answer)


def redis(number: int):
    return b"*2\r\n$3\r\nGET\r\n$8\r\ncart%04d\r\n" % (number % 10_000), b"$2\r\nok\r\n"


def postgresql_message(kind: bytes, content: bytes = b"") -> bytes:
    return kind + struct.pack(">I", 4 + len(content)) + content


POSTGRESQL_READY = postgresql_message(b"Z", b"I")
POSTGRESQL_SETUP = [
    (0, struct.pack(">II", 22, 196_608) + b"user\0shop\0\0\0\0\0"[:14]),
    (1, postgresql_message(b"R", bytes(4)) + POSTGRESQL_READY),
    (0, postgresql_message(b"P", b"cart\0SELECT name FROM cart WHERE id = $1\0\0\0") + postgresql_message(b"S")),
    (1, postgresql_message(b"1") + POSTGRESQL_READY),
]


def postgresql(number: int):
    """In turn a query and a prepared statement."""
    described = postgresql_message(b"T", b"\0\1name\0" + bytes(18))
    row = postgresql_message(b"D", b"\0\1" + sized(b"ok")) + postgresql_message(b"C", b"SELECT 1\0")
    if number % 2:
        query = postgresql_message(b"Q", b"SELECT name FROM cart WHERE id = %d\0" % number)
        return query, described + row + POSTGRESQL_READY
    bind = postgresql_message(b"B", b"\0cart\0\0\0\0\1" + sized(b"%d" % number) + b"\0\0")
    execute = bind + postgresql_message(b"E", b"\0" + bytes(4)) + postgresql_message(b"S")
    return execute, postgresql_message(b"2") + row + POSTGRESQL_READY


def mysql_packets(first: int, *contents: bytes) -> bytes:
    return b"".join(struct.pack("<I", len(content))[:3] + bytes([first + index]) + content
                    for index, content in enumerate(contents))


MYSQL_SETUP = [
    (1, mysql_packets(0, b"\x0a8.0.30\0" + bytes(4) + b"saltsalt\0" + struct.pack("<HBHH", 0xA20F, 33, 2, 0x0008)
                      + bytes([21]) + bytes(10) + b"saltsaltsalt\0mysql_native_password\0")),
    (0, mysql_packets(1, struct.pack("<IIB", 0x0008A205, 1 << 24, 33) + bytes(23) + b"shop\0\0mysql_native_password\0")),
    (1, mysql_packets(2, b"\0\0\0\2\0\0\0")),
]


def mysql(number: int):
    end = b"\xfe\0\0\2\0"
    column = b"\x03def\4shop\4cart\4cart\4name\4name\x0c\x21\0\0\1\0\0\xfd\0\0\0\0\0"
    return (mysql_packets(0, b"\x03SELECT name FROM cart WHERE id = %d" % number),
            mysql_packets(1, b"\1", column, end, b"\2ok", end))


def kafka_text(value: bytes) -> bytes:
    return struct.pack(">H", len(value)) + value


def kafka(number: int):
    """Produce, version 7."""
    # A batch of one record.
    batch = struct.pack(">qIIBIHI", 0, 64, 0, 2, 0, 0, 0) + bytes(16) + struct.pack(">qhiI", -1, -1, -1, 1)
    batch += b"\x1c\0\0\0\1\x10%08d\0" % number
    head = struct.pack(">HHI", 0, 7, number) + kafka_text(b"shop") + b"\xff\xff" + struct.pack(">HI", 1, 30_000)
    return (sized(head + struct.pack(">I", 1) + kafka_text(b"orders") + struct.pack(">II", 1, 0) + sized(batch)),
            sized(struct.pack(">II", number, 1) + kafka_text(b"orders") + struct.pack(">IIhqqqI", 1, 0, 0, number, -1, 0, 0)))


def bson(*elements: bytes) -> bytes:
    content = b"".join(elements) + b"\0"
    return struct.pack("<I", 4 + len(content)) + content


def bson_text(name: bytes, value: bytes) -> bytes:
    return b"\2" + name + b"\0" + struct.pack("<I", len(value) + 1) + value + b"\0"


def mongodb_message(identifier: int, answers: int, document: bytes) -> bytes:
    return struct.pack("<IIIIIB", 21 + len(document), identifier, answers, 2013, 0, 0) + document


def mongodb(number: int):
    query = b"\3filter\0" + bson(b"\x10id\0" + struct.pack("<I", number))
    cursor = b"\3cursor\0" + bson(b"\x12id\0" + bytes(8), bson_text(b"ns", b"shop.cart"), b"\4firstBatch\0" + bson())
    return (mongodb_message(2 * number + 1, 0, bson(bson_text(b"find", b"cart"), query, bson_text(b"$db", b"shop"))),
            mongodb_message(2 * number + 2, 2 * number + 1, bson(cursor, b"\1ok\0" + struct.pack("<d", 1))))


def amqp_method(channel: int, kind: int, number: int, arguments: bytes = b"") -> bytes:
    content = struct.pack(">HH", kind, number) + arguments
    return struct.pack(">BHI", 1, channel, len(content)) + content + b"\xce"


AMQP_SETUP = [
    (0, b"AMQP\0\0\x09\1"),
    (1, amqp_method(0, 10, 10, b"\0\x09" + sized(b"") + sized(b"PLAIN") + sized(b"en_US"))),
    (0, amqp_method(0, 10, 11, sized(b"") + text(b"PLAIN") + sized(b"\0a\0b") + text(b"en_US"))),
    (1, amqp_method(0, 10, 30, struct.pack(">HIH", 2047, 131_072, 60))),
    (0, amqp_method(0, 10, 31, struct.pack(">HIH", 2047, 131_072, 60)) + amqp_method(0, 10, 40, text(b"/") + b"\0\0")),
    (1, amqp_method(0, 10, 41, b"\0")),
    (0, amqp_method(1, 20, 10, b"\0")),
    (1, amqp_method(1, 20, 11, sized(b""))),
]


def amqp(number: int):
    """A queue is asked for a message and has none."""
    return amqp_method(1, 60, 70, b"\0\0" + text(b"orders") + b"\1"), amqp_method(1, 60, 72, b"\0")


MQTT_SETUP = [(0, b"\x10" + text(b"\0\4MQTT\4\2\0\x3c\0\4shop")), (1, b"\x20\2\0\0")]


def mqtt(number: int):
    identifier = struct.pack(">H", number % 65_535 + 1)
    return b"\x32" + text(b"\0\6orders" + identifier + b"%08d" % number), b"\x40\2" + identifier


NATS_SETUP = [(1, b'INFO {"server_id":"a","version":"2.10.0","max_payload":1048576}\r\n'),
              (0, b'CONNECT {"verbose":false}\r\nSUB _INBOX.shop.* 1\r\nPING\r\n'), (1, b"PONG\r\n")]


def nats(number: int):
    reply = b"_INBOX.shop.%08d" % number
    return b"PUB orders %s 2\r\nhi\r\n" % reply, b"MSG %s 1 2\r\nok\r\n" % reply


def memcached(number: int):
    key = b"cart%04d" % (number % 10_000)
    return b"get %s\r\n" % key, b"VALUE %s 0 2\r\nok\r\nEND\r\n" % key


def cassandra_frame(version: int, stream: int, code: int, content: bytes) -> bytes:
    return struct.pack(">BBHB", version, 0, stream, code) + sized(content)


CASSANDRA_SETUP = [(0, cassandra_frame(4, 0, 1, b"\0\1\0\x0bCQL_VERSION\0\x053.0.0")), (1, cassandra_frame(0x84, 0, 2, b""))]


def cassandra(number: int):
    query = sized(b"SELECT name FROM shop.cart WHERE id = %d" % number) + b"\0\1\0"
    return cassandra_frame(4, number % 128, 7, query), cassandra_frame(0x84, number % 128, 8, struct.pack(">I", 1))


ZOOKEEPER_SETUP = [(0, sized(bytes(12) + struct.pack(">IQ", 30_000, 0) + sized(bytes(16)))),
                   (1, sized(struct.pack(">IIQ", 0, 30_000, 1) + sized(bytes(16))))]


def zookeeper(number: int):
    identifier = number % 1_000_000_000 + 1
    return (sized(struct.pack(">II", identifier, 4) + sized(b"/shop/cart%04d" % (number % 10_000)) + b"\0"),
            sized(struct.pack(">IQI", identifier, number, 0) + sized(b"ok") + bytes(68)))


def ldap_message(number: int, tag: int, content: bytes) -> bytes:
    inner = b"\2\4" + struct.pack(">I", number) + bytes([tag]) + text(content)
    return b"\x30" + text(inner)


LDAP_SETUP = [(0, ldap_message(1, 0x60, b"\2\1\3\4\0\x80\0")), (1, ldap_message(1, 0x61, b"\x0a\1\0\4\0\4\0"))]


def ldap(number: int):
    search = b"\4\7dc=shop\x0a\1\2\x0a\1\0\2\1\0\2\1\0\1\1\0\x87\x0bobjectclass\x30\0"
    return (ldap_message(number + 2, 0x63, search),
            ldap_message(number + 2, 0x64, b"\4\7dc=shop\x30\0") + ldap_message(number + 2, 0x65, b"\x0a\1\0\4\0\4\0"))


def thrift(number: int):
    sequence = struct.pack(">I", number)
    return (sized(b"\x80\1\0\1" + sized(b"getCart") + sequence + b"\x08\0\1" + sequence + b"\0"),
            sized(b"\x80\1\0\2" + sized(b"getCart") + sequence + b"\x0b\0\0" + sized(b"ok") + b"\0"))


def dubbo(number: int):
    call = b"".join(text(part) for part in (b"2.0.2", b"shop.Cart", b"0.0.0", b"get", b"I")) + b"\x90H\x04path\x09shop.CartZ"
    return (b"\xda\xbb\xc2\0" + struct.pack(">Q", number) + sized(call),
            b"\xda\xbb\x02\x14" + struct.pack(">Q", number) + sized(b"\x91\x02ok"))


WEBSOCKET_SETUP = [
    (0, b"GET /chat HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
    (1, b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
]


def websocket(number: int):
    return b"\x81\x88" + bytes(4) + b"%08d" % number, b"\x81\x02ok"


def http(number: int):
    return b"GET /cart HTTP/1.1\r\nHost: shop\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def stream(number: int):
    """No protocol."""
    return bytes(range(128, 228)), bytes(range(128, 228))


PROTOCOLS = {
    "http": (80, [], http), "stream": (9_000, [], stream), "http2": (8_080, HTTP2_SETUP, http2),
    "grpc": (50_051, HTTP2_SETUP, grpc), "dns": (53, [], dns), "tls": (443, TLS_SETUP, tls), "redis": (6_379, [], redis),
    "postgresql": (5_432, POSTGRESQL_SETUP, postgresql), "mysql": (3_306, MYSQL_SETUP, mysql), "kafka": (9_092, [], kafka),
    "mongodb": (27_017, [], mongodb), "amqp": (5_672, AMQP_SETUP, amqp), "mqtt": (1_883, MQTT_SETUP, mqtt),
    "nats": (4_222, NATS_SETUP, nats), "memcached": (11_211, [], memcached), "cassandra": (9_042, CASSANDRA_SETUP, cassandra),
    "zookeeper": (2_181, ZOOKEEPER_SETUP, zookeeper), "ldap": (389, LDAP_SETUP, ldap), "thrift": (9_090, [], thrift),
    "dubbo": (20_880, [], dubbo), "websocket": (8_080, WEBSOCKET_SETUP, websocket),
}
