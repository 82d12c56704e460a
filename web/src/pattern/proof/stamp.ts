/** What one cell of the wax print shows. */
export type Mark = 'none' | 'disc' | 'ring' | 'diamond' | 'quarter' | 'dot'

const QUADRANT = 3

function markOf(byte: number): Mark {
  if (byte < 51) return 'none'
  if (byte < 97) return 'disc'
  if (byte < 143) return 'ring'
  if (byte < 195) return 'diamond'
  if (byte < 225) return 'quarter'
  return 'dot'
}

/**
 * The top-left quadrant of a record's stamp, row by row, from bytes 0–8 of its
 * leaf hash. The drawing mirrors it both ways. Null when the text is no hash.
 */
export function quadrant(leafHash: string): Mark[] | null {
  if (!/^[0-9a-f]{18}/i.test(leafHash)) return null
  return Array.from({ length: QUADRANT * QUADRANT }, (_, i) => markOf(Number.parseInt(leafHash.slice(2 * i, 2 * i + 2), 16)))
}
