export const parcel = (n) => ({ label: `parcel ${n}`, grams: 125, sender: "x", tags: ["a", "b"], route: Array.from({ length: 20 }, (_, i) => `stop ${i + (i > 17)}`) });
export const text = (n) => `Parcel ${n}\n125 g\n`;
export const short = (n) => `nr ${n}`;
