/* Makes writes to a database's files fail when a test says so. A gateway under test loads it before the C library. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2 };

/* Shared with the test through a file: which calls fail, with which error, after how many that do not. */
static volatile int32_t *wanted;
static const char *database;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULTS");
  database = getenv("FAULTS_OF");
  int file = path && database ? open(path, O_RDWR) : -1;
  if (file < 0) return;
  void *shared = mmap(NULL, 12, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (shared != MAP_FAILED) wanted = shared;
  close(file);
}

static int fails(int file, int32_t call) {
  if (!wanted || !(wanted[0] & call)) return 0;
  char link[32], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (strncmp(path, database, strlen(database))) return 0;
  if (__sync_fetch_and_sub(&wanted[2], 1) > 0) return 0;
  errno = wanted[1];
  return 1;
}

#define NEXT(name) (*(__typeof__(&name) *)(void *[]){dlsym(RTLD_NEXT, #name)})

ssize_t write(int file, const void *from, size_t length) {
  return fails(file, WRITES) ? -1 : NEXT(write)(file, from, length);
}

ssize_t pwrite(int file, const void *from, size_t length, off_t at) {
  return fails(file, WRITES) ? -1 : NEXT(pwrite)(file, from, length, at);
}

ssize_t pwrite64(int file, const void *from, size_t length, off64_t at) {
  return fails(file, WRITES) ? -1 : NEXT(pwrite64)(file, from, length, at);
}

int fsync(int file) { return fails(file, SYNCS) ? -1 : NEXT(fsync)(file); }

int fdatasync(int file) { return fails(file, SYNCS) ? -1 : NEXT(fdatasync)(file); }
