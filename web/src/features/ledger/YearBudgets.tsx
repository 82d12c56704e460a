import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { difference, sum } from '@/money/fen'
import { useUnit } from '@/money/unit'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { MoneyBar, MoneyBarKey } from '@/pattern/money/MoneyBar'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useBudgets } from './api'

/** The year's money purse by purse, as the ledger has it. */
export function YearBudgets() {
  const { d } = useLang()
  const { unit } = useUnit()
  const year = Number(useSession().businessDate.slice(0, 4))
  const budgets = useBudgets(year)
  return (
    <Card title={d.today.budgets} note={fill(d.ledger.pursesNote, { year, unit: unit === 'wan' ? d.money.wan : d.money.yuan })} extra={<MoneyBarKey />} flush>
      <Loaded query={budgets} lines={5}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={d.ledger.noBudgets} />
          ) : (
            <DataTable
              caption={d.today.budgets}
              rows={rows}
              rowKey={(b) => `${b.purse}/${b.measure}`}
              compact
              columns={[
                { key: 'measure', title: d.today.measure, main: true, render: (b) => <b className="mono">{b.measure}</b> },
                { key: 'purse', title: d.ledger.purse, render: (b) => <span className="mono">{b.purse}</span> },
                { key: 'bar', title: '', width: '26%', render: (b) => <MoneyBar paid={b.paid_fen} held={sum([b.held_fen, difference(b.awarded_fen, b.paid_fen)])} ceiling={b.ceiling_fen ?? b.granted_fen} /> },
                { key: 'ceiling', title: d.money.ceiling, number: true, render: (b) => (b.ceiling_fen === undefined ? <span className="faint">{d.today.noCeiling}</span> : <Money fen={b.ceiling_fen} overview bare />) },
                { key: 'granted', title: d.ledger.granted, number: true, render: (b) => <Money fen={b.granted_fen} overview bare /> },
                { key: 'paid', title: d.money.paid, number: true, render: (b) => <Money fen={b.paid_fen} overview bare /> },
                { key: 'held', title: d.money.held, number: true, render: (b) => <Money fen={sum([b.held_fen, difference(b.awarded_fen, b.paid_fen)])} overview bare /> },
                { key: 'free', title: d.money.free, number: true, render: (b) => <Money fen={b.free_fen} overview bare /> },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}
