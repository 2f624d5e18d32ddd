/**
 * The encoder that a text classifier from scratch begins as: small, because a few thousand texts teach no more, and wide
 * enough for their words. In the form of BERT's `config.json`.
 */
export const newEncoder = ({ vocabulary, longest }: { vocabulary: number; longest: number }) => ({
  architectures: ['BertForSequenceClassification'],
  model_type: 'bert',
  vocab_size: vocabulary,
  max_position_embeddings: longest,
  type_vocab_size: 2,
  hidden_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 256,
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  classifier_dropout: 0.3,
  initializer_range: 0.02,
  layer_norm_eps: 1e-12,
  pad_token_id: 0,
  tie_word_embeddings: true,
});
