/*
 * Joint histograms of every pair (input, output) of a dense layer, by hand in C: what the compiled kernel is compared with.
 * The same algorithm, the same random numbers and the same operations in the same order, hence the same counts.
 *
 *   pair-histograms BLOCKS SECONDS < layer
 *
 * `layer`: 32-bit words inputs, outputs, bins, thresholds, key[4]; then doubles weights[outputs][inputs], base[outputs], thresholds[];
 * then 32-bit words, the bin of each segment between thresholds. Prints the samples per second of whole passes over BLOCKS blocks that
 * took at least SECONDS together, and the FNV-1a hash of all counts of one pass.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STRIDE = 4096, COUNTED = 16384, PART = 256, GROUPS = PART / 4, GUIDE = 256 };

static int inputs, outputs, bins, cuts;
static uint32_t key[4];
static double *weights, *base, *thresholds;
static int32_t *binOf;
static double low, scale;
static int32_t guide[GUIDE];
static double *noise;
static uint16_t *x, *y;
static int32_t *tables;

static void *need(void *memory) {
  if (memory == NULL) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return memory;
}

static void *read_all(size_t count, size_t size) {
  void *into = need(malloc(count * size + 8));
  if (fread(into, size, count, stdin) != count) {
    fprintf(stderr, "the layer ends early\n");
    exit(1);
  }
  return into;
}

/* Philox4x32-10: PART uniforms from the counter `start` on. */
static void uniforms(double *restrict out, uint64_t start) {
  static uint32_t c0[GROUPS], c1[GROUPS], c2[GROUPS], c3[GROUPS];
  for (int g = 0; g < GROUPS; g++) {
    uint64_t counter = start + (uint64_t)g;
    uint32_t a = (uint32_t)counter, b = (uint32_t)(counter >> 32), c = key[2], d = key[3], k0 = key[0], k1 = key[1];
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
      uint64_t p = (uint64_t)a * 0xD2511F53u, q = (uint64_t)c * 0xCD9E8D57u;
      a = (uint32_t)(q >> 32) ^ b ^ k0;
      b = (uint32_t)q;
      c = (uint32_t)(p >> 32) ^ d ^ k1;
      d = (uint32_t)p;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    c0[g] = a;
    c1[g] = b;
    c2[g] = c;
    c3[g] = d;
  }
  for (int g = 0; g < GROUPS; g++) {
    out[4 * g] = ((double)c0[g] + 0.5) * 0x1p-32;
    out[4 * g + 1] = ((double)c1[g] + 0.5) * 0x1p-32;
    out[4 * g + 2] = ((double)c2[g] + 0.5) * 0x1p-32;
    out[4 * g + 3] = ((double)c3[g] + 0.5) * 0x1p-32;
  }
}

static inline int bin(double z) {
  double cell = (z - low) * scale;
  int s = cell >= GUIDE ? cuts : cell > 0 ? guide[(int)cell] : 0;
  while (s < cuts && z >= thresholds[s]) s++;
  while (s > 0 && z < thresholds[s - 1]) s--;
  return binOf[s];
}

/* Bins of COUNTED samples, in columns; those of the inputs times the tables' row length. */
static void columns(uint64_t first_block) {
  for (int at = 0; at < COUNTED; at += PART) {
    uint64_t block = first_block + (uint64_t)(at / STRIDE);
    for (int i = 0; i < inputs; i++) {
      double *restrict u = noise + i * PART;
      uniforms(u, ((block * inputs + i) * STRIDE + at % STRIDE) / 4);
      uint16_t *restrict column = x + i * COUNTED + at;
      for (int s = 0; s < PART; s++) column[s] = (uint16_t)((int)(u[s] * bins) * bins);
    }
    for (int j = 0; j < outputs; j++) {
      double z[PART];
      for (int s = 0; s < PART; s++) z[s] = base[j];
      for (int i = 0; i < inputs; i++) {
        const double weight = weights[j * inputs + i];
        const double *restrict u = noise + i * PART;
        for (int s = 0; s < PART; s++) z[s] += weight * u[s];
      }
      uint16_t *restrict column = y + j * COUNTED + at;
      for (int s = 0; s < PART; s++) column[s] = (uint16_t)bin(z[s]);
    }
  }
}

static void count(void) {
  for (int i = 0; i < inputs; i++) {
    for (int j = 0; j < outputs; j++) {
      int32_t *table = tables + (size_t)(i * outputs + j) * bins * bins;
      const uint16_t *a = x + i * COUNTED, *b = y + j * COUNTED;
      for (int s = 0; s < COUNTED; s += 8) {
        uint16_t code[8];
        for (int k = 0; k < 8; k++) code[k] = (uint16_t)(a[s + k] + b[s + k]);
        table[code[0]]++;
        table[code[1]]++;
        table[code[2]]++;
        table[code[3]]++;
        table[code[4]]++;
        table[code[5]]++;
        table[code[6]]++;
        table[code[7]]++;
      }
    }
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int argc, char **argv) {
  int blocks = argc > 1 ? atoi(argv[1]) : 0;
  double enough = argc > 2 ? atof(argv[2]) : 0;
  int32_t *head = read_all(8, 4);
  inputs = head[0];
  outputs = head[1];
  bins = head[2];
  cuts = head[3];
  if (blocks < 1 || inputs < 1 || outputs < 1 || bins < 2 || bins > 256) {
    fprintf(stderr, "usage: pair-histograms BLOCKS SECONDS < layer, with 2 to 256 bins\n");
    return 2;
  }
  memcpy(key, head + 4, sizeof key);
  weights = read_all((size_t)outputs * inputs, 8);
  base = read_all(outputs, 8);
  thresholds = read_all(cuts, 8);
  binOf = read_all((size_t)cuts + 1, 4);
  for (int s = 0; s <= cuts; s++) {
    if (binOf[s] >= 0) continue;
    fprintf(stderr, "outputs outside the range are not counted here\n");
    return 2;
  }

  double span = cuts < 2 ? 0 : thresholds[cuts - 1] - thresholds[0];
  low = cuts > 0 ? thresholds[0] : 0;
  scale = span > 0 ? GUIDE / span : 0;
  for (int g = 0, s = 0; g < GUIDE; g++) {
    while (s < cuts && thresholds[s] <= low + span * g / GUIDE) s++;
    guide[g] = s;
  }
  size_t cells = (size_t)inputs * outputs * bins * bins;
  noise = need(malloc(sizeof(double) * inputs * PART));
  x = need(malloc(sizeof(uint16_t) * inputs * COUNTED));
  y = need(malloc(sizeof(uint16_t) * outputs * COUNTED));
  tables = need(calloc(cells, sizeof(int32_t)));

  int passes = 0;
  uint32_t hash = 0;
  double start = now(), spent;
  do {
    for (int b = 0; b < blocks; b++) {
      columns((uint64_t)b * (COUNTED / STRIDE));
      count();
    }
    spent = now() - start;
    if (passes++ == 0) {
      hash = 0x811c9dc5u;
      for (size_t at = 0; at < cells; at++) hash = (hash ^ (uint32_t)tables[at]) * 0x01000193u;
      start = now();
      spent = 0;
    }
  } while (passes < 2 || spent < enough);
  printf("%.6g %08x\n", (double)(passes - 1) * blocks * COUNTED / spent, hash);
  return 0;
}
