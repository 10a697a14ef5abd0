// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

// Reads a capture through libpcap and does nothing with it: what reading costs others.

#include <pcap/pcap.h>
#include <stdio.h>

int main(int count, char **arguments) {
    char message[PCAP_ERRBUF_SIZE];
    if (count != 2) return 2;
    pcap_t *capture = pcap_open_offline(arguments[1], message);
    if (!capture) {
        fprintf(stderr, "%s\n", message);
        return 1;
    }
    struct pcap_pkthdr *header;
    const u_char *bytes;
    unsigned long frames = 0, sum = 0;
    int result;
    while ((result = pcap_next_ex(capture, &header, &bytes)) == 1) {
        frames++;
        // One byte of each, as the least that any user of it does.
        if (header->caplen > 0) sum += bytes[0];
    }
    printf("%lu frames %lu\n", frames, sum);
    pcap_close(capture);
    return result != PCAP_ERROR_BREAK;
}
