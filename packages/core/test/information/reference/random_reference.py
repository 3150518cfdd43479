"""Random numbers of src/information/random.ts, written a second time from the published algorithms:
Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011), its key and high counter words from MurmurHash3_x86_128 (Appleby) over bytes.

Run: python3 random_reference.py > ../fixtures/random.json
"""
import json
import struct

MASK = 0xFFFFFFFF


def rotl(x, r):
    return ((x << r) | (x >> (32 - r))) & MASK


def murmur3_x86_128(data, seed=0):
    """Whole 16-byte blocks only; returns four 32-bit words."""
    assert len(data) % 16 == 0
    c1, c2, c3, c4 = 0x239B961B, 0xAB0E9789, 0x38B34AE5, 0xA1E38B93
    h1 = h2 = h3 = h4 = seed
    for k1, k2, k3, k4 in struct.iter_unpack("<4I", data):
        h1 ^= rotl(k1 * c1 & MASK, 15) * c2 & MASK
        h1 = ((rotl(h1, 19) + h2) * 5 + 0x561CCD1B) & MASK
        h2 ^= rotl(k2 * c2 & MASK, 16) * c3 & MASK
        h2 = ((rotl(h2, 17) + h3) * 5 + 0x0BCAA747) & MASK
        h3 ^= rotl(k3 * c3 & MASK, 17) * c4 & MASK
        h3 = ((rotl(h3, 15) + h4) * 5 + 0x96CD1C35) & MASK
        h4 ^= rotl(k4 * c4 & MASK, 18) * c1 & MASK
        h4 = ((rotl(h4, 13) + h1) * 5 + 0x32AC3B17) & MASK
    h = [x ^ len(data) for x in (h1, h2, h3, h4)]

    def cross():
        h[0] = sum(h) & MASK
        for i in (1, 2, 3):
            h[i] = (h[i] + h[0]) & MASK

    cross()
    for i, x in enumerate(h):
        x ^= x >> 16
        x = x * 0x85EBCA6B & MASK
        x ^= x >> 13
        x = x * 0xC2B2AE35 & MASK
        h[i] = x ^ (x >> 16)
    cross()
    return h


def philox4x32(counter, key):
    c, (k0, k1) = list(counter), key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k0, p1 & MASK, (p0 >> 32) ^ c[3] ^ k1, p0 & MASK]
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c


def stream(*numbers):
    k0, k1, c2, c3 = murmur3_x86_128(b"".join(struct.pack("<QQ", n, 0) for n in numbers))
    block = 0
    while True:
        yield from philox4x32([block & MASK, block >> 32, c2, c3], [k0, k1])
        block += 1


def below(words, n):
    limit = 2**32 - 2**32 % n
    while True:
        word = next(words)
        if word < limit:
            return word % n


def shuffled(count, words):
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = below(words, last + 1)
        order[last], order[other] = order[other], order[last]
    return order


if __name__ == "__main__":
    cases = [[0], [1], [0, 0], [0, 0, 0], [42, 3, 7], [2**32 + 5], [5, 2**32], [2**53 - 1, 2**31, 2**32 - 1]]
    streams = []
    for numbers in cases:
        words = stream(*numbers)
        streams.append({"numbers": numbers, "words": [next(words) for _ in range(12)]})
    print(
        json.dumps(
            {
                "streams": streams,
                "shuffled": {"numbers": [9, 3, 1], "order": shuffled(25, stream(9, 3, 1))},
            },
            indent=1,
        )
    )
