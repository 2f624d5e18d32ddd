import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A Llama that knows nothing yet, in the files that any base consists of: so small that it learns within a minute on a
 * laptop, and made here, so that nothing has to be fetched. A team would name a grown one: `--base hf:owner/name`.
 */

const hidden = 64;
const between = 160;
const heads = 4;
const layers = 2;

/** Writes the base: its words are those of the corpus, its weights are drawn by the seed. */
export async function writeBase(folder: string, corpus: readonly string[], seed: number): Promise<void> {
  const { vocabulary, merges } = learnPieces(corpus);
  const special = ['<|begin|>', '<|end|>', '<|pad|>'];
  const size = vocabulary.length + special.length;
  const [begin, end, pad] = special.map((_, i) => vocabulary.length + i) as [number, number, number];
  await mkdir(folder, { recursive: true });
  const write = (name: string, value: object) =>
    writeFile(path.join(folder, name), `${JSON.stringify(value)}\n`);
  await write('config.json', {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: size,
    hidden_size: hidden,
    intermediate_size: between,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: heads,
    head_dim: hidden / heads,
    max_position_embeddings: 64,
    hidden_act: 'silu',
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    tie_word_embeddings: false,
    bos_token_id: begin,
    eos_token_id: end,
    pad_token_id: pad,
  });
  await write('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: special[0],
    eos_token: special[1],
    pad_token: special[2],
  });
  await write('tokenizer.json', {
    version: '1.0',
    added_tokens: special.map((content, i) => ({
      id: vocabulary.length + i,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
      merges,
      ignore_merges: true,
    },
  });
  await writeFile(path.join(folder, 'model.safetensors'), drawWeights(size, seed));
}

/** The bytes as byte-level tokenizers write them: printable ones as they are, the others from 256 on. */
const byteLetters: readonly string[] = (() => {
  const isPrintable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

/** How GPT-2 cuts a text into words before pieces are joined. */
const wordsOf = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Byte-pair encoding: the most frequent pair of neighbours becomes one piece, until each word of the corpus is one. */
function learnPieces(corpus: readonly string[]): { vocabulary: string[]; merges: [string, string][] } {
  const counts = new Map<string, number>();
  for (const word of corpus.flatMap((text) => text.match(wordsOf) ?? []))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].map(([word, count]) => ({
    pieces: [...Buffer.from(word)].map((byte) => byteLetters[byte]!),
    count,
  }));
  const merges: [string, string][] = [];
  for (;;) {
    const pairs = new Map<string, number>();
    for (const { pieces, count } of words)
      for (let i = 1; i < pieces.length; i += 1) {
        const pair = `${pieces[i - 1]} ${pieces[i]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    const [most] = [...pairs].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    if (most === undefined) break;
    const [left, right] = most[0].split(' ') as [string, string];
    merges.push([left, right]);
    for (const word of words)
      for (let i = word.pieces.length - 1; i > 0; i -= 1)
        if (word.pieces[i - 1] === left && word.pieces[i] === right)
          word.pieces.splice(i - 1, 2, left + right);
  }
  return { vocabulary: [...new Set([...byteLetters, ...merges.map((pair) => pair.join(''))])], merges };
}

/** Weights in the safetensors format: a length, a header of JSON, then the numbers. */
function drawWeights(vocabulary: number, seed: number): Buffer {
  const shapes: [string, number[]][] = [
    ['model.embed_tokens.weight', [vocabulary, hidden]],
    ...Array.from({ length: layers }, (_, layer) => layerShapes(`model.layers.${layer}`)).flat(),
    ['model.norm.weight', [hidden]],
    ['lm_head.weight', [vocabulary, hidden]],
  ];
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const header: Record<string, object> = {};
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, shape] of shapes) {
    const isScale = shape.length === 1;
    const spread = 1 / Math.sqrt(shape.at(-1)!);
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () =>
      isScale ? 1 : spread * normal(),
    );
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + values.byteLength] };
    parts.push(Buffer.from(values.buffer));
    at += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

const layerShapes = (layer: string): [string, number[]][] => [
  [`${layer}.input_layernorm.weight`, [hidden]],
  ...['q', 'k', 'v', 'o'].map((name): [string, number[]] => [
    `${layer}.self_attn.${name}_proj.weight`,
    [hidden, hidden],
  ]),
  [`${layer}.post_attention_layernorm.weight`, [hidden]],
  [`${layer}.mlp.gate_proj.weight`, [between, hidden]],
  [`${layer}.mlp.up_proj.weight`, [between, hidden]],
  [`${layer}.mlp.down_proj.weight`, [hidden, between]],
];
