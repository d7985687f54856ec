// Stores the records of a file (one JSON a line) in a hypercore, and replicates it over TCP to a fresh one in a process
// of its own. Signs the head of a Merkle log, not each record; does not sync each append to the disk.
const fs = require('fs')
const net = require('net')
const { fork } = require('child_process')
const Hypercore = require('hypercore')
const { lines, seconds, tell } = require('./common')

const BATCH = 100

function link (socket, core, begins) {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  const stream = core.replicate(begins)
  stream.on('error', () => {})
  socket.pipe(stream).pipe(socket)
}

async function source (file, folder) {
  const core = new Hypercore(folder + '/source')
  await core.ready()
  const blocks = lines(file).map(line => Buffer.from(line))
  const stored = await seconds(async () => {
    for (let at = 0; at < blocks.length; at += BATCH) await core.append(blocks.slice(at, at + BATCH))
  })
  const server = net.createServer(socket => link(socket, core, false))
  server.listen(0, '127.0.0.1', () => {
    const key = core.key.toString('hex')
    const child = fork(__filename, ['sink', folder, String(server.address().port), key, String(blocks.length)])
    child.on('message', replicated => {
      tell({ store: blocks.length / stored, replicate: blocks.length / replicated })
      process.exit(0)
    })
  })
}

async function sink (folder, port, key, count) {
  const core = new Hypercore(folder + '/sink', Buffer.from(key, 'hex'))
  await core.ready()
  const took = await seconds(async () => {
    link(net.connect(Number(port), '127.0.0.1'), core, true)
    await core.update({ wait: true })
    await core.download({ start: 0, end: Number(count) }).done()
  })
  if (core.contiguousLength !== Number(count)) throw new Error('not all came')
  process.send(took)
}

const [role, ...rest] = process.argv.slice(2)
if (role === 'sink') sink(...rest)
else source(role, ...rest)
