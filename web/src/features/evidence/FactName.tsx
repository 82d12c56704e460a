import './evidence.css'
import { isOrganisation } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { parseYuan } from '@/money/fen'
import { Money } from '@/pattern/money/Money'
import type { Fact } from './model'

/** The fact's kind in the reader's words; officers see its name in code as well. */
export function FactName({ fact }: { fact: Pick<Fact, 'label' | 'kind'> }) {
  const { say } = useLang()
  const own = isOrganisation(useSession().active?.role)
  return fact.label ? (
    <>
      {say(fact.label)} {!own && <span className="note mono">{fact.kind}</span>}
    </>
  ) : (
    <span className="mono">{fact.kind}</span>
  )
}

/** A quantity with its unit; CNY is written as money. */
export function FactQuantity({ fact }: { fact: Pick<Fact, 'quantity' | 'unit'> }) {
  // "1 count" only says that the fact holds, as the fact itself does.
  if (!fact.quantity || (fact.unit === 'count' && fact.quantity === '1')) return null
  const fen = fact.unit === 'CNY' ? parseYuan(fact.quantity) : null
  return fen !== null ? (
    <Money fen={fen} />
  ) : (
    <span className="num">
      {fact.quantity} {fact.unit}
    </span>
  )
}
