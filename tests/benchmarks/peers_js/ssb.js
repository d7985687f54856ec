// Stores the records of a file (one JSON a line) as a signed scuttlebutt feed (ssb-db2), and replicates it by EBT over the
// network to a fresh peer in a process of its own, which checks every signature and link. Writes are synced to the disk
// at close, not one by one.
const fs = require('fs')
const path = require('path')
const { fork } = require('child_process')
const SecretStack = require('secret-stack')
const caps = require('ssb-caps')
const ssbKeys = require('ssb-keys')
const { lines, seconds, tell } = require('./common')

const TOGETHER = 100
const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

function peer (folder, port) {
  fs.mkdirSync(folder, { recursive: true })
  const keys = ssbKeys.loadOrCreateSync(path.join(folder, 'secret'))
  const ssb = SecretStack({ caps })
    .use(require('ssb-db2/core'))
    .use(require('ssb-classic'))
    .use(require('ssb-db2/compat/db'))
    .use(require('ssb-db2/compat/ebt'))
    .use(require('ssb-ebt'))
    .call(null, {
      keys,
      path: folder,
      timeout: 120000,
      connections: {
        incoming: { net: [{ scope: 'device', transform: 'shs', port, host: '127.0.0.1' }] },
        outgoing: { net: [{ transform: 'shs' }] }
      }
    })
  ssb.ebt.request(keys.id, true)
  return { keys, ssb }
}

const drained = ssb => new Promise(resolve => ssb.db.getLog().onDrain(resolve))

function created (ssb, keys, content) {
  return new Promise((resolve, reject) => {
    ssb.db.create({ keys, feedFormat: 'classic', content }, (error, message) => error ? reject(error) : resolve(message))
  })
}

async function source (file, folder) {
  const { keys, ssb } = peer(folder + '/source', 18611)
  setInterval(() => {}, 1000)
  await wait(1000)
  const contents = lines(file).map(line => ({ type: 'kassa', ...JSON.parse(line) }))
  const stored = await seconds(async () => {
    for (let at = 0; at < contents.length; at += TOGETHER) {
      await Promise.all(contents.slice(at, at + TOGETHER).map(content => created(ssb, keys, content)))
    }
    await drained(ssb)
  })
  await wait(2000)
  const child = fork(__filename, ['sink', folder, ssb.getAddress('device'), keys.id, String(contents.length)])
  child.on('message', took => {
    tell({ store: contents.length / stored, replicate: contents.length / took })
    process.exit(0)
  })
}

function sink (folder, address, feed, count) {
  const { ssb } = peer(folder + '/sink', 18612)
  const began = process.hrtime.bigint()
  let came = 0
  ssb.ebt.request(feed, true)
  ssb.db.onMsgAdded(async () => {
    came += 1
    if (came < Number(count)) return
    await drained(ssb)
    process.send(Number(process.hrtime.bigint() - began) / 1e9)
  })
  ssb.connect(address, error => { if (error) throw error })
}

const [role, ...rest] = process.argv.slice(2)
if (role === 'sink') sink(...rest)
else source(role, ...rest)
