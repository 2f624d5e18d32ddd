/** The commands of a shell block, each as its words: enough of a shell to read what documentation has readers type. */
export function commandsOf(script: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | null = null;
  const endWord = () => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < script.length; at += 1) {
    const char = script[at]!;
    if (char === '\\' && script[at + 1] === '\n') at += 1;
    else if (char === "'" || char === '"') {
      const end = script.indexOf(char, at + 1);
      word = (word ?? '') + script.slice(at + 1, end);
      at = end;
    } else if (script.startsWith('$(', at)) {
      const end = script.indexOf(')', at);
      word = (word ?? '') + script.slice(at, end + 1);
      at = end;
    } else if (char === '#' && word === null) {
      const end = script.indexOf('\n', at);
      at = end < 0 ? script.length : end - 1;
    } else if (char === '\n' || char === ';' || char === '|' || char === '&') endCommand();
    else if (char === '>' && word === null) {
      endWord();
      words.push('>');
    } else if (/\s/.test(char)) endWord();
    else word = (word ?? '') + char;
  }
  endCommand();
  return commands.map(withoutSurroundings);
}

/** Without variables that are set before a command, and without where its answer goes. */
function withoutSurroundings(words: readonly string[]): string[] {
  const from = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const to = words.indexOf('>');
  return words.slice(from < 0 ? words.length : from, to < 0 ? undefined : to);
}
