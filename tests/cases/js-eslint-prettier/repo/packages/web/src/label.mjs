import {weigh} from './weigh.mjs'

//the label that is printed on a parcel
export function label(name, grams, options = {})
{
    let unit = options.unit || "g"
  const text = `${ name }: ${weigh(grams, unit)}`;
  return { text: text, unit,
    long: text.length > 40 ? "a rather long label, it will not fit on one line of the printer" : "fine" }
}
