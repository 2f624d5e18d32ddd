/**
 * Variables for a process that trains: glibc keeps what is freed, for the next step, instead of giving each tensor of
 * some megabytes back to the system and paying for its pages again. 32 MB is the largest threshold that every glibc
 * takes. Elsewhere they say nothing to anybody.
 */
export const keepMemory = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 30),
};
