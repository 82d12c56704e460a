import { useState } from 'react'
import type { Schemas } from '@/api/client'
import { useMeasures } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { difference, sum } from '@/money/fen'
import { useUnit } from '@/money/unit'
import { Card } from '@/pattern/layout/Card'
import { BudgetTable, type BudgetLine } from '@/pattern/money/BudgetTable'
import { MoneyBarKey } from '@/pattern/money/MoneyBar'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useBudgets } from './api'

type Budget = Schemas['LedgerBudgetBody']
type Measure = Schemas['PolicyMeasureRow'] | undefined

/** Purses of one measure as one line. What is decided and has not left the treasury, held or owed, counts as held. */
function lineOf(budgets: Budget[], measure: Measure, purse?: string): BudgetLine {
  const total = (of: (b: Budget) => string) => sum(budgets.map(of))
  const id = budgets[0]?.measure ?? ''
  return {
    key: `${id}/${purse ?? ''}`,
    name: measure?.name ?? { zh: id, en: id },
    clause: measure?.clause ?? null,
    purse,
    orders: `/budgets?${new URLSearchParams({ year: String(budgets[0]?.year ?? ''), measure: id, ...(purse ? { purse } : {}) })}`,
    ceiling_fen: total((b) => b.ceiling_fen ?? b.granted_fen),
    granted_fen: total((b) => b.granted_fen),
    paid_fen: total((b) => b.paid_fen),
    held_fen: total((b) => sum([b.held_fen, difference(b.awarded_fen, b.paid_fen)])),
    free_fen: total((b) => b.free_fen),
    blocked_by: measure?.standing === 'undecided' ? '' : null,
  }
}

/** The year's money as the ledger has it: by measure, and on demand purse by purse. */
export function YearBudgets() {
  const { d } = useLang()
  const { unit } = useUnit()
  const year = Number(useSession().businessDate.slice(0, 4))
  const budgets = useBudgets(year)
  const [apart, setApart] = useState(false)
  return (
    <Card
      title={d.today.budgets}
      note={fill(apart ? d.ledger.pursesNote : d.today.budgetsNote, { year, unit: unit === 'wan' ? d.money.wan : d.money.yuan })}
      extra={
        <>
          <MoneyBarKey />
          <button type="button" className="link-button" aria-pressed={apart} onClick={() => setApart(!apart)}>
            {apart ? d.ledger.together : d.ledger.apart}
          </button>
        </>
      }
      flush
    >
      <Loaded query={budgets} lines={5}>
        {(rows) => (rows.length === 0 ? <Empty title={d.ledger.noBudgets} /> : <Lines budgets={rows} apart={apart} />)}
      </Loaded>
    </Card>
  )
}

function Lines({ budgets, apart }: { budgets: Budget[]; apart: boolean }) {
  const measures = useMeasures().data
  const known = (id: string) => measures?.find((m) => m.id === id)
  const ids = [...new Set(budgets.map((b) => b.measure))].sort()
  return <BudgetTable rows={apart ? budgets.map((b) => lineOf([b], known(b.measure), b.purse)) : ids.map((id) => lineOf(budgets.filter((b) => b.measure === id), known(id)))} />
}
