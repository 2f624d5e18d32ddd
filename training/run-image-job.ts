import { DriftloopError } from '../domain/errors.ts';
import { imageOf } from '../domain/input.ts';
import type { ImageFeature } from '../domain/input.ts';
import type { ImageReader, ImageTraining, JobFiles } from '../domain/ports.ts';
import type { ImageBytes } from './image-classification/image-reader.ts';
import { readImageBase } from './image-classification/load-image-classifier.ts';
import { imageSituation, recommendImages } from './image-classification/recommend-images.ts';
import { trainImageVersion } from './image-classification/train-image-version.ts';
import type { LabelledImages } from './image-classification/train-image-version.ts';
import { eachLabelled } from './labelled-file.ts';
import { plain } from './plain.ts';
import { imageReference } from './reference.ts';
import { bareModel } from './bare-model.ts';
import { runClassifierJob } from './run-classifier-job.ts';
import type { JobOptions, JobReport } from './run-training-job.ts';
import type { TabularModel } from './tabular/train-tabular.ts';

/** Images that are decoded at a time: decoding runs beside this thread. */
const AT_ONCE = 16;

/**
 * The job of a classification of images. Rows whose image cannot be read are left out, which is said.
 *
 * @throws {DriftloopError} `DL_NO_TRAINING_ROWS`, `DL_TASK_UNFIT` where the base sees images of another size, and what
 *   its parts throw
 */
export async function runImageJob(
  job: JobFiles,
  model: TabularModel,
  { wish, base, baseDigest = null, old: files }: ImageTraining,
  { loadBackend, images: reader, ...options }: JobOptions,
): Promise<JobReport> {
  const one = imageOf(model.input);
  if (one === null || !reader || !loadBackend)
    throw new Error('Images are read one by one, and computed by TensorFlow alone');
  const { name, feature } = one;
  if (base !== null) await refuseOtherSize(base, feature);
  const read = (file: string) => readImages(file, model, one, reader);
  const train = await read(job.trainFile);
  const validation = await read(job.validationFile);
  const { labels } = model.task;
  const rows = train.images.length;
  if (rows === 0) throw nothingToSee(model.name);
  const old =
    base !== null && files !== null
      ? { rehearse: await read(files.rehearsal), golden: await read(files.golden) }
      : null;
  const backend = await loadBackend('image');
  const fixed = {
    backend,
    model: bareModel(model),
    base,
    baseDigest,
    train,
    validation,
    size: feature,
    features: { [name]: plain(imageReference(train.lengths)) },
  };
  const unread = train.unread + validation.unread;
  return await runClassifierJob(
    {
      job,
      wish,
      backend,
      base,
      rows,
      labels: train.labels,
      problem: 'single_label_classification',
      old: old && { files: files!, ...old },
      notes: unread === 0 ? [] : [sayUnread(unread)],
      recommend: async (asked, situation) =>
        (await recommendImages({ rows, labels, size: feature, base, old: situation }, asked)).settings,
      situation: () => imageSituation({ rows, classes: labels.length, base }),
      train: (settings, { isTrial, ...run }) =>
        trainImageVersion({ ...fixed, ...run, old: isTrial ? null : old, settings }),
    },
    options,
  );
}

type Read = LabelledImages & {
  /** Of each image, as text: all that live ones are compared by. */
  lengths: number[];
  /** Rows without an image that can be read. */
  unread: number;
};

/** Of each image its bytes alone stay in memory. */
export async function readImages(
  file: string,
  model: TabularModel,
  { name, feature }: { name: string; feature: ImageFeature },
  reader: Pick<ImageReader, 'read'>,
): Promise<Read> {
  const images: ImageBytes[] = [];
  const labels: string[] = [];
  const lengths: number[] = [];
  let unread = 0;
  const decode = async (some: readonly { text: string; label: string }[]) => {
    const found = await Promise.all(some.map(({ text }) => reader.read(text, feature)));
    for (const [i, image] of found.entries()) {
      if ('problem' in image) unread += 1;
      else {
        images.push(image.bytes);
        labels.push(some[i]!.label);
        lengths.push(some[i]!.text.length);
      }
    }
  };
  let waiting: { text: string; label: string }[] = [];
  for await (const { row, truth } of eachLabelled(file, model)) {
    waiting.push({ text: String(row[name] ?? ''), label: truth });
    if (waiting.length < AT_ONCE) continue;
    await decode(waiting);
    waiting = [];
  }
  await decode(waiting);
  return { images, labels, lengths, unread };
}

async function refuseOtherSize(base: string, { width, height, channels }: ImageFeature): Promise<void> {
  const { size } = await readImageBase(base);
  if (size.width === width && size.height === height && size.channels === channels) return;
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `The config declares images of ${width} × ${height} × ${channels}, and the base sees ${size.width} × ${size.height} × ${size.channels}.`,
    {
      fix: `Declare image({ width: ${size.width}, height: ${size.height}, channels: ${size.channels} }).`,
    },
  );
}

const sayUnread = (rows: number): string =>
  `${rows === 1 ? 'One row has' : `${rows} rows have`} no image that can be read: left out.`;

const nothingToSee = (model: string) =>
  new DriftloopError('DL_NO_TRAINING_ROWS', `${model} was given no images to train on.`, {
    fix: 'Wait until labelled rows have arrived, or give a file with rows.',
  });
