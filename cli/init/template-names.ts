/** Made-up rows to begin with, for whoever has none yet; the same every time. */
export const templates = ['tabular', 'text', 'image', 'chat'] as const;
export type Template = (typeof templates)[number];
