// What will happen, in order of vendor time; of two things due at once, the one noted first comes
// first. It never looks at a clock: whoever holds it says up to when it runs.

interface Appointment {
  readonly at: number
  readonly order: number
  readonly run: (at: number) => void
}

export interface Agenda {
  /** Notes that `run` is due at `at`, epoch ms. */
  note(at: number, run: (at: number) => void): void
  /** Runs everything due at or before `instant`, also what is noted meanwhile. */
  runUntil(instant: number): void
}

export function createAgenda(): Agenda {
  const heap: Appointment[] = []
  let order = 0
  return {
    note(at, run) {
      heap.push({ at, order: order++, run })
      siftUp(heap)
    },
    runUntil(instant) {
      for (let first = heap[0]; first !== undefined && first.at <= instant; first = heap[0]) {
        removeFirst(heap)
        first.run(first.at)
      }
    },
  }
}

function isEarlier(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function siftUp(heap: Appointment[]): void {
  let child = heap.length - 1
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!swapIfEarlier(heap, child, parent)) return
    child = parent
  }
}

function removeFirst(heap: Appointment[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  heap[0] = last
  let parent = 0
  for (;;) {
    const left = parent * 2 + 1
    const right = left + 1
    const a = heap[left]
    const b = heap[right]
    if (a === undefined) return
    const least = b !== undefined && isEarlier(b, a) ? right : left
    if (!swapIfEarlier(heap, least, parent)) return
    parent = least
  }
}

function swapIfEarlier(heap: Appointment[], child: number, parent: number): boolean {
  const a = heap[child]
  const b = heap[parent]
  if (a === undefined || b === undefined || !isEarlier(a, b)) return false
  heap[parent] = a
  heap[child] = b
  return true
}
