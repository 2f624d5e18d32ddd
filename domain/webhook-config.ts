import { z } from 'zod';

/** Where a team is told something, and with which secret it is signed. */

/** An address, without anything secret in it. */
export const webhook = (description: string) =>
  z
    .string()
    .superRefine((text, context) => {
      const problem = webhookProblem(text);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    })
    .meta({ description });

function webhookProblem(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'must be an address such as "https://models.example.org/driftloop"';
  return url.username === '' && url.password === ''
    ? null
    : 'must carry no name and password: the config is stored; the signature says who calls';
}

/** The name of the variable that has the secret; the secret itself is never in a config. */
export const secretEnv = (variable: string) =>
  z
    .string()
    .regex(
      /^[A-Z][A-Z0-9_]*$/,
      `must be the name of an environment variable, such as ${variable}; the secret itself is never in the config`,
    )
    .default(variable)
    .meta({
      description: 'the environment variable of the worker with the secret of the signature (whsec_…)',
    });
