import { escapedForChat } from './approval-notice.ts';
import type { LoopEvent } from './events.ts';
import { sayEvent } from './say-event.ts';

/**
 * What a chat tool is sent: `text` for those who know only that (Mattermost, notifications), `blocks` for Slack.
 *
 * Source of the bounds: https://docs.slack.dev/reference/block-kit/blocks (header 150 characters, text of a section
 * 3,000, ten fields of 2,000, text of a button 75, its address 3,000).
 */
const bounds = { header: 150, section: 3_000, fields: 10, field: 2_000, url: 3_000 } as const;

/** As much of a text as there is room for; an escaped character is never cut in two. */
function within(text: string, room: number): string {
  if (text.length <= room) return text;
  return `${text.slice(0, room - 1).replace(/&[a-z]{0,3}$|[\uD800-\uDBFF]$/, '')}…`;
}

const mrkdwn = (text: string, room: number) => ({ type: 'mrkdwn', text: within(text, room) }) as const;

/** @param consoleUrl the public address of the console; without it there is no link */
export function slackMessage(
  event: LoopEvent & { at: string },
  { namespace, consoleUrl }: { namespace: string; consoleUrl?: string },
) {
  const { title, sentence, figures, page } = sayEvent(event);
  const who = event.model ?? namespace;
  const url = consoleUrl === undefined ? null : new URL(page, consoleUrl).href;
  const isLink = url !== null && url.length <= bounds.url;
  const shown = figures.slice(0, bounds.fields);
  const figuresText = shown.map(([name, value]) => `${name} ${value}`).join(' · ');
  return {
    text: [
      `*${escapedForChat(who)}*: ${escapedForChat(title)}. ${within(escapedForChat(sentence), bounds.section)}`,
      ...(shown.length === 0 ? [] : [within(escapedForChat(figuresText), bounds.section)]),
      ...(isLink ? [`<${url}|Open the page>`] : []),
    ].join('\n'),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: within(`${who}: ${title}`, bounds.header), emoji: false },
      },
      { type: 'section', text: mrkdwn(escapedForChat(sentence || title), bounds.section) },
      ...(shown.length === 0
        ? []
        : [
            {
              type: 'section',
              fields: shown.map(([name, value]) =>
                mrkdwn(`*${escapedForChat(name)}*\n${escapedForChat(value)}`, bounds.field),
              ),
            },
          ]),
      ...(isLink
        ? [
            {
              type: 'actions',
              elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open the page' }, url }],
            },
          ]
        : []),
      {
        type: 'context',
        elements: [mrkdwn(`${escapedForChat(namespace)} · ${event.type} · ${event.at}`, bounds.field)],
      },
    ],
  };
}
