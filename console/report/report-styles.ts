import { readFileSync } from 'node:fs';

const style = (name: string): string => readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8');

/** The console's look and that of its reports, to stand inside a page that needs no other file. */
export const reportStyles = (): string => `${style('console.css')}\n${style('report.css')}`;
