import './money.css'
import { MINUS, parts, plain, type Fen, type Unit } from '@/money/fen'
import { useUnit } from '@/money/unit'

interface Props {
  fen: Fen
  /** Overviews follow the reader's unit; everything else stays in yuan. */
  overview?: boolean
  /** Leave out ¥ where the column already says it. */
  bare?: boolean
  /** Show + before a gain, as differences do. */
  signed?: boolean
}

/** An amount: ¥ and decimals in grey, tabular digits. Copying gives plain digits in yuan. */
export function Money({ fen, overview = false, bare = false, signed = false }: Props) {
  const { unit } = useUnit()
  const shown: Unit = overview ? unit : 'yuan'
  const p = parts(fen, shown)
  const sign = p.negative ? MINUS : signed && fen !== '0' ? '+' : ''
  return (
    <span
      className="money"
      onCopy={(event) => {
        // A partial selection copies as it stands; the whole amount becomes digits a sheet can read.
        if (window.getSelection()?.toString().trim() !== event.currentTarget.textContent) return
        event.clipboardData.setData('text/plain', plain(fen))
        event.preventDefault()
      }}
    >
      {sign}
      {!bare && shown === 'yuan' && <span className="money-grey">¥</span>}
      {p.whole}
      <span className="money-grey">.{p.decimals}</span>
    </span>
  )
}
