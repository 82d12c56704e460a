import type { Parameter } from './model'

export interface Piece {
  text: string
  figure: Parameter | null
}

/** Cuts a text at the first occurrence of each figure's phrase, in the order of the text; phrases never overlap. */
export function marks(text: string, figures: Parameter[]): Piece[] {
  const found = figures
    .flatMap((figure) => (figure.phrase ? [{ figure, phrase: figure.phrase, at: text.indexOf(figure.phrase) }] : []))
    .filter((f) => f.at >= 0)
    .sort((a, b) => a.at - b.at || b.phrase.length - a.phrase.length)
  const pieces: Piece[] = []
  let done = 0
  for (const { figure, phrase, at } of found) {
    if (at < done) continue
    if (at > done) pieces.push({ text: text.slice(done, at), figure: null })
    pieces.push({ text: phrase, figure })
    done = at + phrase.length
  }
  if (done < text.length) pieces.push({ text: text.slice(done), figure: null })
  return pieces
}
