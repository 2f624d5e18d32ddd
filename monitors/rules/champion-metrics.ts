/** The quality of a champion by each metric that a config may watch: its series, and its name for people. */
export const championMetrics = {
  accuracy: { key: 'championAccuracy', words: 'Accuracy' },
  macroPrecision: { key: 'championMacroPrecision', words: 'Macro precision' },
  macroRecall: { key: 'championMacroRecall', words: 'Macro recall' },
  macroF1: { key: 'championMacroF1', words: 'Macro F1' },
} as const;
