export const weigh = (grams, unit) => `${grams} ${unit}`;
