const path = require("path")

//the label that is printed on a parcel
function label(name, grams, options = {}) {
    let unit = options.unit || "g";
  const text = `${ name }: ${grams} ${unit}` 
  if(!text){
    return { text: text, unit,   file: path.join('labels', name) }
  }
  return {text, unit}
}


module.exports = { label }
