import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Runs in the page; TypeScript's own types lack it. */
type InPage = { axe: typeof axe };

/** All rules on all of the page, where nothing else is said. */
export type Look = Readonly<{ rules?: readonly string[]; within?: string }>;

/**
 * What axe finds wrong on the page as it stands, in its own words: nothing at all is wanted, so that nobody has to
 * weigh how bad a finding is.
 */
export async function violationsOn(page: Page, wanted: Look = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async ({ rules, within }) => {
    if (within !== undefined && document.querySelector(within) === null) return [];
    const { violations } = await (globalThis as unknown as InPage).axe.run(within ?? document, {
      resultTypes: ['violations'],
      // Media and style sheets are the page's own: nothing has to be fetched for a look.
      preload: false,
      ...(rules === undefined ? {} : { runOnly: [...rules] }),
    });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${impact} ${id} ${target.join(' ')}: ${failureSummary}`),
    );
  }, wanted);
}

/** Runs in the page: words in charts whose colour is too near to the colour behind them; axe leaves SVG out. */
export function faintSvgTexts(): string[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const rgba = (colour: string): number[] => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]: number[]): number => {
    const part = (value: number) =>
      value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r!) + 0.7152 * part(g!) + 0.0722 * part(b!);
  };
  const behind = (element: Element | null): number[] => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3]! > 250) return colour;
    }
    return rgba('white');
  };
  const found: string[] = [];
  for (const element of document.querySelectorAll('svg text, svg tspan')) {
    const text = [...element.childNodes]
      .filter((n) => n.nodeType === 3)
      .map((n) => n.textContent)
      .join('')
      .trim();
    const box = element.getBoundingClientRect();
    if (text === '' || box.width < 2 || box.height < 2) continue;
    const style = getComputedStyle(element);
    const ink = rgba(style.fill);
    const [a, b] = [light(ink), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) found.push(`faint "${text.slice(0, 30)}": ${contrast.toFixed(2)}`);
  }
  return found;
}
