export const SHIPPING = 4.9;

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function percent(value: number, of: number): number {
  return (value / of) * 100;
}
