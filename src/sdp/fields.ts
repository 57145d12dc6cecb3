/** The words of a line's value, apart by white space: one space each, in nearly all bodies. */
export function fieldsOf(value: string): readonly string[] {
  return UNEVEN.test(value) ? value.split(/[ \t]+/).filter((field) => field !== '') : value.split(' ');
}

const UNEVEN = /^$|^ | $| {2}|\t/;
