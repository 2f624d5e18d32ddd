/** Answers a question that was asked less than `ms` ago with the same answer; errors are not kept. */
export function remember(ms: number, clock: () => number) {
  const answers = new Map<string, { at: number; answer: Promise<unknown> }>();
  const ask = <T>(key: string, find: () => Promise<T>): Promise<T> => {
    const now = clock();
    const known = answers.get(key);
    if (known !== undefined && now - known.at < ms) return known.answer as Promise<T>;
    for (const [old, { at }] of answers) if (now - at >= ms) answers.delete(old);
    const answer = find();
    answers.set(key, { at: now, answer });
    answer.catch(() => {
      if (answers.get(key)?.answer === answer) answers.delete(key);
    });
    return answer;
  };
  return Object.assign(ask, { forget: () => answers.clear() });
}
