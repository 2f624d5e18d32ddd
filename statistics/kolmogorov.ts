/**
 * How far from each other do two samples of one distribution come to lie? The laws of Kolmogorov and Smirnov.
 *
 * Sources: exact, of two samples: J. L. Hodges, "The significance probability of the Smirnov two-sample test", Arkiv
 * för Matematik 3 (1958). Of one sample: the choice of R. Simard and P. L'Ecuyer, "Computing the two-sided
 * Kolmogorov–Smirnov distribution", J. Stat. Software 39 (2011), between G. Marsaglia et al. (2003), W. Pelz and
 * I. J. Good (1976) and the one-sided law of Birnbaum and Tingey (1951). Agrees with SciPy.
 */
import { logFactorials } from './log-factorials.ts';

export type Side = 'two-sided' | 'less' | 'greater';

/**
 * P(D ≥ h / lcm(n, m)) for two samples of n and m values without ties, exact: the share of lattice paths from (0, 0) to
 * (n, m) that leave the band. Sums of positive terms only, so that the smallest shares are as exact as the largest.
 * About 2·D·n·m steps.
 *
 * @param isTwoSided leave the band on either side; else on the side where the first sample is ahead
 */
export function smirnovTail(n: number, m: number, h: number, isTwoSided: boolean): number {
  if (h <= 0) return 1;
  const g = gcd(n, m);
  const [up, across] = [m / g, n / g];
  // out[j]: the share of paths to (i, j) that have left the band; i·up − j·across is the gap in units of 1 / lcm.
  const out = new Float64Array(m + 1).fill(1);
  for (let i = 0; i <= n; i += 1) {
    const first = Math.max(0, Math.floor((i * up - h) / across) + 1);
    const last = isTwoSided ? Math.min(m, Math.ceil((i * up + h) / across) - 1) : m;
    if (first > 0) out[first - 1] = 1;
    for (let j = first; j <= last; j += 1) {
      if (i + j === 0) out[0] = 0;
      else if (i === 0) out[j] = out[j - 1]!;
      else if (j === 0) out[0] = out[0]!;
      else out[j] = (i * out[j]! + j * out[j - 1]!) / (i + j);
    }
  }
  return Math.min(1, out[m]!);
}

/** P(D⁺ ≥ d) for a large n and m, by Hodges' approximation. */
export function smirnovTailLarge(n: number, m: number, d: number): number {
  const [large, small] = [Math.max(n, m), Math.min(n, m)];
  const z = Math.sqrt((large * small) / (large + small)) * d;
  const shift = (2 * z * (large + 2 * small)) / Math.sqrt(large * small * (large + small)) / 3;
  return Math.min(1, Math.exp(-2 * z ** 2 - shift));
}

/** Where the tail is so thin that nothing is left of it in a double. */
const NOTHING = 370;

/** P(Dₙ ≥ d) of one sample of n values against its own distribution, two-sided. */
export function kolmogorovTail(n: number, d: number): number {
  const t = n * d;
  if (d >= 1) return 0;
  if (t <= 0.5) return 1;
  if (t <= 1) return 1 - Math.exp(logFactorials(n)[n]! - n * Math.log(n) + n * Math.log(2 * t - 1));
  if (t >= n - 1) return Math.min(1, 2 * (1 - d) ** n);
  const square = t * d;
  if (square >= NOTHING) return 0;
  if (d >= 0.5 || square >= (n <= 140 ? 4 : 2.2)) return Math.min(1, 2 * oneSidedTail(n, d));
  if (n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4)) return Math.max(0, 1 - durbin(n, d));
  return Math.min(1, Math.max(0, 1 - pelzGood(n, d)));
}

/** P(Dₙ⁺ ≥ d) = Σ_v C(n, v) · d · (d + v/n)^(v−1) · (1 − d − v/n)^(n−v), over 0 ≤ v ≤ n(1 − d). */
function oneSidedTail(n: number, d: number): number {
  const factorials = logFactorials(n);
  let sum = 0;
  for (let v = 0; v <= n * (1 - d); v += 1) {
    const [before, after] = [d + v / n, 1 - d - v / n];
    if (after <= 0) continue;
    const ways = factorials[n]! - factorials[v]! - factorials[n - v]!;
    sum += Math.exp(ways + (v - 1) * Math.log(before) + (n - v) * Math.log(after));
  }
  return sum * d;
}

const SCALE = 2 ** 128;

/** P(Dₙ < d) as an entry of the n-th power of a (2k − 1)-square matrix, k = ⌈nd⌉ (Durbin; Marsaglia, Tsang, Wang). */
function durbin(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const h = k - n * d;
  const size = 2 * k - 1;
  const column = new Float64Array(size);
  const inverse = new Float64Array(size + 1).fill(1);
  for (let j = 1; j <= size; j += 1) inverse[j] = inverse[j - 1]! / j;
  for (let j = 1; j <= size; j += 1) column[j - 1] = (1 - h ** j) * inverse[j]!;
  column[size - 1] = (1 + Math.max(0, 2 * h - 1) ** size - 2 * h ** size) * inverse[size]!;
  let base = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let c = 0; c < size; c += 1)
      base[row * size + c] =
        row === size - 1
          ? column[size - 1 - c]!
          : c === 0
            ? column[row]!
            : row - c + 1 >= 0
              ? inverse[row - c + 1]!
              : 0;
  let power = Float64Array.from(base.keys(), (at) => (at % (size + 1) === 0 ? 1 : 0));
  let [powerScale, baseScale] = [0, 0];
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      power = multiply(power, base, size);
      powerScale += baseScale;
    }
    base = multiply(base, base, size);
    baseScale *= 2;
    if (Math.abs(base[(k - 1) * (size + 1)]!) > SCALE) {
      base = base.map((x) => x / SCALE);
      baseScale += 1;
    }
  }
  let share = power[(k - 1) * (size + 1)]!;
  for (let i = 1; i <= n; i += 1) {
    share = (i * share) / n;
    if (share < 1 / SCALE) {
      share *= SCALE;
      powerScale -= 1;
    }
  }
  return share * SCALE ** powerScale;
}

function multiply(
  a: Float64Array<ArrayBuffer>,
  b: Float64Array<ArrayBuffer>,
  size: number,
): Float64Array<ArrayBuffer> {
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1)
    for (let k = 0; k < size; k += 1) {
      const x = a[i * size + k]!;
      if (x !== 0) for (let j = 0; j < size; j += 1) product[i * size + j]! += x * b[k * size + j]!;
    }
  return product;
}

/** P(Dₙ < d) ≈ K₀(z) + K₁(z)/√n + K₂(z)/n + K₃(z)/n^1.5, z = d√n, each as a sum in q that is quick for small z. */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const square = Math.PI ** 2;
  const [z2, z4, z6] = [z ** 2, z ** 4, z ** 6];
  const q = Math.exp(-square / 8 / z2);
  if (q === 0) return 0;
  const terms = Math.ceil((16 * z) / Math.PI);
  let [k0, k1, k2, k3] = [0, 0, 0, 0];
  for (let k = terms; k > 0; k -= 1) {
    const odd = (2 * k - 1) ** 2;
    const weight = q ** (8 * k);
    k0 = k0 * weight + 1;
    k1 = k1 * weight - z2 + (square / 4) * odd;
    k2 =
      k2 * weight +
      (6 * z6 + 2 * z4) +
      (((2 * z4 - 5 * z2) * square) / 4) * odd +
      ((square ** 2 * (1 - 2 * z2)) / 16) * odd ** 2;
    k3 =
      k3 * weight +
      (-30 * z6 - 90 * z ** 8) +
      ((square * (135 * z4 - 96 * z6)) / 4) * odd +
      ((square ** 2 * (-60 * z2 + 212 * z4)) / 16) * odd ** 2 +
      ((square ** 3 * (5 - 30 * z2)) / 64) * odd ** 3;
  }
  const root = Math.sqrt(2 * Math.PI);
  k0 *= (q * root) / z;
  k1 *= (q * root) / (6 * z4);
  k2 *= (q * root) / (72 * z ** 7);
  k3 *= (q * root) / (6480 * z ** 10);
  const slow = Math.exp(-square / 2 / z2);
  for (let k = 1; k <= terms; k += 1) {
    const weight = k ** 2 * slow ** (k ** 2);
    k2 += (weight * square * root) / (-36 * z ** 3);
    k3 += ((3 * z2 - square * k ** 2) * weight * square * root) / (216 * z6);
  }
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / n ** 1.5;
}

export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
