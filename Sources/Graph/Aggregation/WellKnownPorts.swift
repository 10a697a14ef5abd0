// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Ports that servers listen on by custom: what tells server from client where neither a
/// handshake, nor a dissector, nor the inventory did.
///
/// Below 1024 it is the IANA service registry as far as such services are met; above, the
/// registered ports of servers that run in clusters. Ports that operating systems also hand
/// out to clients (32768 and up) are left out.
enum WellKnownPorts {
    /// Services that are registered, or in practice used, with both transports.
    private static let either: Set<UInt16> = [
        53,  // domain
        88,  // kerberos
        389,  // ldap
        443,  // https and HTTP/3
        514,  // syslog, shell
        636,  // ldaps
        853,  // domain-s
        2049,  // nfs
        3478,  // stun
        5060,  // sip
        5061,  // sips
        5349,  // stuns
        8125,  // statsd
        8301,  // consul serf
        8600,  // consul DNS
        11211,  // memcached
    ]

    private static let tcp: Set<UInt16> = [
        20, 21, 22, 23, 25, 43, 70, 79, 80, 110, 111, 113, 119, 135, 139, 143, 179, 445, 465, 502, 513, 515,
        548, 554, 563, 587, 593, 631, 873, 902, 989, 990, 992, 993, 995,
        1080,  // socks
        1433,  // ms-sql-s
        1521,  // oracle
        1723,  // pptp
        1883,  // mqtt
        2181,  // zookeeper
        2375,  // docker
        2376,  // docker-s
        2379,  // etcd-client
        2380,  // etcd-server
        2888,  // zookeeper peers
        3000,  // web applications
        3128,  // squid
        3260,  // iscsi-target
        3306,  // mysql
        3389,  // ms-wbt-server
        4222,  // nats
        4317,  // OTLP over gRPC
        4318,  // OTLP over HTTP
        5000,  // registries and web applications
        5222,  // xmpp-client
        5432,  // postgresql
        5671,  // amqps
        5672,  // amqp
        5900,  // rfb
        5984,  // couchdb
        6379,  // redis
        6443,  // Kubernetes API
        7000,  // cassandra peers
        7077,  // spark
        8000, 8008, 8080, 8081, 8082, 8086, 8088, 8090, 8123, 8181, 8200, 8443, 8500, 8888, 9000,
        9042,  // cassandra
        9090,  // prometheus
        9091,  // pushgateway
        9092,  // kafka
        9093,  // alertmanager
        9100,  // node exporter
        9153,  // CoreDNS metrics
        9200,  // elasticsearch
        9300,  // elasticsearch peers
        9411,  // zipkin
        9418,  // git
        10250,  // kubelet
        10256,  // kube-proxy health
        10257,  // kube-controller-manager
        10259,  // kube-scheduler
        15672,  // rabbitmq management
        26257,  // cockroachdb
        27017,  // mongodb
    ]

    private static let udp: Set<UInt16> = [
        67, 69, 123, 137, 138, 161, 162, 500, 520, 547,
        1812,  // radius
        1813,  // radius-acct
        1900,  // ssdp
        4500,  // ipsec-nat-t
        4789,  // vxlan
        5353,  // mdns
        5355,  // llmnr
        6081,  // geneve
        6831,  // jaeger agent
        8472,  // Linux VXLAN
    ]

    static func contains(_ port: UInt16, transport: TransportProtocol) -> Bool {
        switch transport {
        case .tcp: either.contains(port) || tcp.contains(port)
        case .udp: either.contains(port) || udp.contains(port)
        case .sctp: either.contains(port)
        case .icmp, .icmpv6: false
        }
    }
}
