import { attributeType, dataType } from './onnx-schema.ts';

type Attribute = Readonly<Record<string, unknown>>;

export const int = (name: string, i: number): Attribute => ({ name, i, type: attributeType.int });
export const ints = (name: string, values: readonly number[]): Attribute => ({
  name,
  ints: values,
  type: attributeType.ints,
});
export const strings = (name: string, values: readonly string[]): Attribute => ({
  name,
  strings: values.map((value) => new TextEncoder().encode(value)),
  type: attributeType.strings,
});

/** Puts a graph together, one value after the other; each step returns the name of what it computes. */
export class OnnxGraph {
  readonly node: object[] = [];
  readonly initializer: object[] = [];

  /** What an operator makes of its inputs. `domain` is empty for ONNX's own. */
  apply(
    op_type: string,
    input: readonly string[],
    attribute: readonly Attribute[] = [],
    { domain = '', as }: { domain?: string; as?: string } = {},
  ): string {
    const output = as ?? `${op_type}_${this.node.length}`;
    this.node.push({ op_type, input, output: [output], name: output, attribute, domain });
    return output;
  }

  floats(dims: readonly number[], values: Float32Array<ArrayBuffer>): string {
    return this.#keep(dataType.float, dims, values);
  }

  doubles(dims: readonly number[], values: readonly number[]): string {
    return this.#keep(dataType.double, dims, new Float64Array(values));
  }

  integers(dims: readonly number[], values: readonly number[]): string {
    return this.#keep(dataType.int64, dims, new BigInt64Array(values.map(BigInt)));
  }

  /** Raw data is little-endian, as every machine is that TensorFlow runs on. */
  #keep(
    data_type: number,
    dims: readonly number[],
    { buffer, byteOffset, byteLength }: ArrayBufferView,
  ): string {
    const name = `constant_${this.initializer.length}`;
    this.initializer.push({
      name,
      dims,
      data_type,
      raw_data: new Uint8Array(buffer, byteOffset, byteLength),
    });
    return name;
  }
}

/** A matrix of any number of rows. */
export const rowsOf = (name: string, elem_type: number, columns: number) => ({
  name,
  type: { tensor_type: { elem_type, shape: { dim: [{ dim_param: 'rows' }, { dim_value: columns }] } } },
});

/** One value for each of any number of rows. */
export const listOf = (name: string, elem_type: number) => ({
  name,
  type: { tensor_type: { elem_type, shape: { dim: [{ dim_param: 'rows' }] } } },
});
