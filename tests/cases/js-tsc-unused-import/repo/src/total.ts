import { SHIPPING, percent, round } from "./money";

export function total(prices: number[]): number {
  return round(prices.reduce((sum, price) => sum + price, SHIPPING));
}
