import './policy.css'
import { useLang } from '@/i18n'
import { marks } from './marks'
import type { Parameter } from './model'

/** The document's words with each phrase that became a figure underlined and numbered as in the rule. */
export function Marked({ text, figures }: { text: string; figures: Parameter[] }) {
  const { say } = useLang()
  return marks(text, figures).map((piece, i) =>
    piece.figure ? (
      <mark key={i} className="phrase" title={say(piece.figure.label)}>
        {piece.text}
        <sup>{piece.figure.mark}</sup>
      </mark>
    ) : (
      <span key={i}>{piece.text}</span>
    ),
  )
}
