import { useState } from 'react'
import type { Schemas } from '@/api/client'
import { useMeasures } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { difference, sum, type Fen } from '@/money/fen'
import { useUnit } from '@/money/unit'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { MoneyBar, MoneyBarKey } from '@/pattern/money/MoneyBar'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useBudgets } from './api'

interface Line {
  key: string
  measure: string
  purse: string
  ceiling_fen: Fen
  granted_fen: Fen
  paid_fen: Fen
  held_fen: Fen
  free_fen: Fen
}

/** What is decided and has not left the treasury: held, or owed. */
function lineOf(b: Schemas['LedgerBudgetBody']): Line {
  return { key: `${b.measure}/${b.purse}`, measure: b.measure, purse: b.purse, ceiling_fen: b.ceiling_fen ?? b.granted_fen, granted_fen: b.granted_fen, paid_fen: b.paid_fen, held_fen: sum([b.held_fen, difference(b.awarded_fen, b.paid_fen)]), free_fen: b.free_fen }
}

function byMeasure(lines: Line[]): Line[] {
  const total = (of: Line[], key: 'ceiling_fen' | 'granted_fen' | 'paid_fen' | 'held_fen' | 'free_fen') => sum(of.map((l) => l[key]))
  return [...new Set(lines.map((l) => l.measure))].sort().map((measure) => {
    const of = lines.filter((l) => l.measure === measure)
    return { key: measure, measure, purse: '', ceiling_fen: total(of, 'ceiling_fen'), granted_fen: total(of, 'granted_fen'), paid_fen: total(of, 'paid_fen'), held_fen: total(of, 'held_fen'), free_fen: total(of, 'free_fen') }
  })
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
        {(rows) => (rows.length === 0 ? <Empty title={d.ledger.noBudgets} /> : <Lines rows={apart ? rows.map(lineOf) : byMeasure(rows.map(lineOf))} apart={apart} />)}
      </Loaded>
    </Card>
  )
}

function Lines({ rows, apart }: { rows: Line[]; apart: boolean }) {
  const { d, say } = useLang()
  const measures = useMeasures()
  const purse: Column<Line> = { key: 'purse', title: d.ledger.purse, render: (b) => <span className="mono">{b.purse}</span> }
  return (
    <DataTable
      caption={d.today.budgets}
      rows={rows}
      rowKey={(b) => b.key}
      compact
      columns={[
        {
          key: 'measure',
          title: d.today.measure,
          main: true,
          render: (b) => (
            <>
              <b>{say(measures.data?.find((m) => m.id === b.measure)?.name) || b.measure}</b> <span className="note mono">{b.measure}</span>
            </>
          ),
        },
        ...(apart ? [purse] : []),
        { key: 'bar', title: '', width: '26%', render: (b) => <MoneyBar paid={b.paid_fen} held={b.held_fen} ceiling={b.ceiling_fen} /> },
        { key: 'ceiling', title: d.money.ceiling, number: true, render: (b) => <Money fen={b.ceiling_fen} overview bare /> },
        { key: 'granted', title: d.ledger.granted, number: true, render: (b) => <Money fen={b.granted_fen} overview bare /> },
        { key: 'paid', title: d.money.paid, number: true, render: (b) => <Money fen={b.paid_fen} overview bare /> },
        { key: 'held', title: d.money.held, number: true, render: (b) => <Money fen={b.held_fen} overview bare /> },
        { key: 'free', title: d.money.free, number: true, render: (b) => <Money fen={b.free_fen} overview bare /> },
      ]}
    />
  )
}
