/** Two models on rows as they come: how often they differ, and by how much the second is better. */
export type World = Readonly<{ discordant: number; difference: number }>;
export type Seen = Readonly<{ wins: number; losses: number; rows: number }>;

/** So many more rows of such a world. */
export function grow(seen: Seen, rows: number, { discordant, difference }: World, draw: () => number): Seen {
  let { wins, losses } = seen;
  for (let i = 0; i < rows; i += 1) {
    const u = draw();
    if (u < (discordant + difference) / 2) wins += 1;
    else if (u < discordant) losses += 1;
  }
  return { wins, losses, rows: seen.rows + rows };
}
