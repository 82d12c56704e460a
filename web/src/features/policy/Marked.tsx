import './policy.css'
import { useLang } from '@/i18n'
import { marks } from './marks'
import type { Parameter } from './model'

/** The figure that a reader points at or has the focus on, by its number; its phrase and its value light up together. */
export interface Pointing {
  lit: number | null
  point: (mark: number | null) => void
}

/** What makes one side of a numbered pair light up with the other. */
export function pointing({ lit, point }: Pointing, mark: number | null) {
  const on = () => point(mark)
  const off = () => point(null)
  return { 'data-lit': mark !== null && lit === mark ? '' : undefined, onMouseEnter: on, onMouseLeave: off, onFocus: on, onBlur: off }
}

/** The document's words with each phrase that became a figure underlined, numbered as in the rule, and leading there. */
export function Marked({ text, figures, pointer }: { text: string; figures: Parameter[]; pointer: Pointing }) {
  const { say } = useLang()
  return marks(text, figures).map((piece, i) =>
    piece.figure ? (
      <a key={i} id={`phrase-${piece.figure.mark}`} href={`#figure-${piece.figure.mark}`} className="phrase" title={say(piece.figure.label)} {...pointing(pointer, piece.figure.mark)}>
        {piece.text}
        <sup>{piece.figure.mark}</sup>
      </a>
    ) : (
      <span key={i}>{piece.text}</span>
    ),
  )
}
