import type { Drill } from '../domain/drill.ts';
import type { NewAuditEntry } from '../domain/audit.ts';
import { ourError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/error-codes.ts';
import type { ArtifactStore, Predictor } from '../domain/ports.ts';
import type { Ports } from './ports.ts';
import { findWayBack, proveWayBack } from './way-back.ts';
import type { Proof } from './way-back.ts';

type DrillPorts = Pick<Ports, 'models' | 'routes' | 'versions' | 'examples' | 'audit'> & {
  artifacts: Pick<ArtifactStore, 'open'>;
  predictor: Pick<Predictor, 'load' | 'predict'>;
};

export type DrillQuestion = Pick<Drill, 'model'> & { version?: string } & Required<
    Pick<NewAuditEntry, 'by' | 'via' | 'because'>
  >;

/**
 * Goes the way back up to the moment at which the pointer would move, and says how long it takes. Production answers as
 * before; the audit log keeps what came of it, also where the way back is broken.
 *
 * @throws what closes the way back, after it was written down
 */
export async function drillWayBack(
  { audit, ...ports }: DrillPorts,
  { model, version, by, via, because }: DrillQuestion,
): Promise<{ target: string; seconds: number; proof: Proof }> {
  const began = performance.now();
  const note = { action: 'rollback drill', by, via, model, because } as const;
  try {
    const wayBack = await findWayBack(ports, model, version);
    const proof = await proveWayBack(ports, wayBack);
    const seconds = Math.round(performance.now() - began) / 1_000;
    const target = wayBack.target.version;
    await audit.append({ ...note, subject: target, details: { ...proof, seconds } });
    return { target, seconds, proof };
  } catch (error) {
    const known = ourError(error);
    if (known !== null) await audit.append({ ...note, subject: version ?? null, refused: known.code });
    throw error;
  }
}

/** How a drill on schedule ended. */
export type DrillOutcome =
  | { isOpen: true; target: string; seconds: number }
  | { isOpen: false; code: ErrorCode; sentence: string };

export const createDrillActivities = ({
  withPredictor,
  ...ports
}: Omit<DrillPorts, 'predictor'> & Pick<Ports, 'withPredictor'>) => ({
  /**
   * Tries the way back in a process of its own, as a rollback would find it. Safe to repeat: nothing is moved, and each
   * try stands in the audit log. That the way is closed is an answer; what may be over in a moment is thrown.
   */
  async drillRollback({ model }: { model: string }): Promise<DrillOutcome> {
    try {
      const question = { model, by: 'driftloop', via: null, because: 'on schedule' };
      const { target, seconds } = await withPredictor((predictor) =>
        drillWayBack({ ...ports, predictor }, question),
      );
      return { isOpen: true, target, seconds };
    } catch (error) {
      const known = ourError(error);
      if (known === null || known.retryable) throw error;
      return { isOpen: false, code: known.code, sentence: known.message };
    }
  },
});
