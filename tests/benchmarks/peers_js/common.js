// What every peer's program does in the same way.
const fs = require('fs')

exports.lines = file => fs.readFileSync(file, 'utf8').split('\n').filter(line => line !== '')

exports.seconds = async work => {
  const began = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - began) / 1e9
}

exports.tell = figures => fs.writeSync(1, JSON.stringify(figures) + '\n')
