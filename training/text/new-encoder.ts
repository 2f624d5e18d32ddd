/**
 * The encoder that a text classifier from scratch begins as: one layer, because a few thousand texts teach no more (two
 * narrower ones scored a point less on Banking77 and took longer), and wide enough for their words. In the form of
 * BERT's `config.json`.
 */
export const newEncoder = ({ vocabulary, longest }: { vocabulary: number; longest: number }) => ({
  architectures: ['BertForSequenceClassification'],
  model_type: 'bert',
  vocab_size: vocabulary,
  max_position_embeddings: longest,
  type_vocab_size: 2,
  hidden_size: 192,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  intermediate_size: 384,
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  classifier_dropout: 0.3,
  initializer_range: 0.02,
  layer_norm_eps: 1e-12,
  pad_token_id: 0,
  tie_word_embeddings: true,
});
