import type { Tokenizer } from '../text/tokenizer.ts';

/**
 * How conversations are laid out for a base that brings no chat template. The text goes into the artifact as
 * `chat_template.jinja`, so that transformers lays them out the same.
 */
export type PlainTemplate = 'prompt-and-answer' | 'named-turns';

/** A prompt, a new line, the answer: nothing that a base without conversations would have to learn first. */
const PROMPT_AND_ANSWER =
  "{% for message in messages %}{{ message.content + (eos_token if message.role == 'assistant' else '\\n') }}{% endfor %}";

/** Who says what; the answer begins with a space, as words inside of a text do. */
const NAMED_TURNS =
  '{% for message in messages %}' +
  "{% if message.role == 'assistant' %}{{ 'Assistant: ' + message.content + eos_token + '\\n' }}" +
  "{% elif message.role == 'user' %}{{ 'User: ' + message.content + '\\n' }}" +
  "{% else %}{{ message.content + '\\n\\n' }}{% endif %}{% endfor %}" +
  "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}";

/** Where the tokenizer puts a token before each text, the template says so itself: it is rendered, then read as it is. */
export function plainTemplate(kind: PlainTemplate, tokenizer: Tokenizer): string {
  const begins = tokenizer.encode('a').special[0] === true ? '{{ bos_token }}' : '';
  return begins + (kind === 'prompt-and-answer' ? PROMPT_AND_ANSWER : NAMED_TURNS);
}
