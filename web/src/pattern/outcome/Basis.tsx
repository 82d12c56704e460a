import './outcome.css'
import { useLang } from '@/i18n'

/** What a step rests on: 条 clause, 实 fact, 算 step, 裁 ruling. */
export type BasisKind = 'clause' | 'fact' | 'step' | 'ruling'

/** The four characters that stand in place of icons in every calculation. */
export function Basis({ kind }: { kind: BasisKind }) {
  const { d } = useLang()
  return (
    <span className={`basis basis-${kind}`} role="img" aria-label={d.basis[kind].name} title={d.basis[kind].name}>
      {d.basis[kind].sign}
    </span>
  )
}
