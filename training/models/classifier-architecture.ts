import type { ModelConfig } from './config.ts';

/** The class of transformers that opens a network with a head for classes; null for a network that is Driftloop's own. */
export const classifierArchitecture: Readonly<Record<ModelConfig['kind'], string | null>> = {
  bert: 'BertForSequenceClassification',
  gpt2: 'GPT2ForSequenceClassification',
  llama: 'LlamaForSequenceClassification',
  vit: 'ViTForImageClassification',
  convnet: null,
};
