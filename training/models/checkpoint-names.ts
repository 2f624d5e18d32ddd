import type { ModelConfig } from './config.ts';

/**
 * The names of a checkpoint's tensors, which changed over the years, and the names that the network asks for: those of
 * transformers 5. It writes ViT's with their classic names, as is done here too.
 */

type Names = {
  /** What the trunk's names begin with; a checkpoint of the trunk alone leaves it out. */
  prefix: string;
  /** How the trunk's names go on, to tell that the prefix was left out. */
  trunk: RegExp;
  /** Tensors that are no weights (tables that are computed), or belong to a part that is not used. */
  unused: RegExp;
  /** From the older spelling to the newer, in order. */
  renamed: readonly (readonly [RegExp, string])[];
};

const names: Readonly<Record<ModelConfig['kind'], Names>> = {
  bert: {
    prefix: 'bert.',
    trunk: /^(embeddings|encoder|pooler)\./,
    unused: /^bert\.embeddings\.position_ids$|^cls\.|^qa_outputs\./,
    renamed: [
      [/LayerNorm\.gamma$/, 'LayerNorm.weight'],
      [/LayerNorm\.beta$/, 'LayerNorm.bias'],
    ],
  },
  gpt2: {
    prefix: 'transformer.',
    trunk: /^(wte|wpe|h|ln_f)\./,
    unused: /\.attn\.(bias|masked_bias)$/,
    renamed: [],
  },
  llama: {
    prefix: 'model.',
    trunk: /^(embed_tokens|layers|norm)\./,
    unused: /\.rotary_emb\.inv_freq$/,
    renamed: [],
  },
  convnet: { prefix: 'convnet.', trunk: /^(blocks|norm)\./, unused: /^$/, renamed: [] },
  vit: {
    prefix: 'vit.',
    trunk: /^(embeddings|encoder|layers|layernorm|pooler)\./,
    unused: /^vit\.(pooler\.|embeddings\.mask_token$)/,
    renamed: [
      [
        /^vit\.encoder\.layer\.(\d+)\.attention\.attention\.(query|key|value)(?=\.|$)/,
        'vit.layers.$1.attention.$2',
      ],
      [/^vit\.encoder\.layer\.(\d+)\.attention\.output\.dense(?=\.|$)/, 'vit.layers.$1.attention.o_proj'],
      [/^vit\.encoder\.layer\.(\d+)\.intermediate\.dense(?=\.|$)/, 'vit.layers.$1.mlp.fc1'],
      [/^vit\.encoder\.layer\.(\d+)\.output\.dense(?=\.|$)/, 'vit.layers.$1.mlp.fc2'],
      [/^vit\.encoder\.layer\.(\d+)\./, 'vit.layers.$1.'],
      [/^(vit\.layers\.\d+\.attention)\.query(?=\.|$)/, '$1.q_proj'],
      [/^(vit\.layers\.\d+\.attention)\.key(?=\.|$)/, '$1.k_proj'],
      [/^(vit\.layers\.\d+\.attention)\.value(?=\.|$)/, '$1.v_proj'],
    ],
  },
};

/** Heads of tasks, by how their names begin; one that is not asked for is left behind. */
const heads = /^(classifier|score|lm_head)\./;

export const belongsToHead = (name: string): boolean => heads.test(name);

/** The name that the network asks for, of a module or of a parameter; null for what is not used. */
export function canonicalName(kind: ModelConfig['kind'], stored: string): string | null {
  const { prefix, trunk, unused, renamed } = names[kind];
  const whole = trunk.test(stored) ? prefix + stored : stored;
  if (unused.test(whole)) return null;
  return renamed.reduce((name, [from, to]) => name.replace(from, to), whole);
}

const classicVit: readonly (readonly [RegExp, string])[] = [
  [/^vit\.layers\.(\d+)\.attention\.q_proj\./, 'vit.encoder.layer.$1.attention.attention.query.'],
  [/^vit\.layers\.(\d+)\.attention\.k_proj\./, 'vit.encoder.layer.$1.attention.attention.key.'],
  [/^vit\.layers\.(\d+)\.attention\.v_proj\./, 'vit.encoder.layer.$1.attention.attention.value.'],
  [/^vit\.layers\.(\d+)\.attention\.o_proj\./, 'vit.encoder.layer.$1.attention.output.dense.'],
  [/^vit\.layers\.(\d+)\.mlp\.fc1\./, 'vit.encoder.layer.$1.intermediate.dense.'],
  [/^vit\.layers\.(\d+)\.mlp\.fc2\./, 'vit.encoder.layer.$1.output.dense.'],
  [/^vit\.layers\.(\d+)\./, 'vit.encoder.layer.$1.'],
];

/** The name that a parameter is stored by, so that every release of transformers finds it. */
export const storedName = (kind: ModelConfig['kind'], name: string): string =>
  kind === 'vit' ? classicVit.reduce((stored, [from, to]) => stored.replace(from, to), name) : name;
