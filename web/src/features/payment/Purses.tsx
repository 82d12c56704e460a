import { Button } from 'antd'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { ErrorPanel } from '@/pattern/state/states'
import { makeFile, purseKey, type OrderState, type Overview } from './api'
import { inAll, totalOf, type Total } from './model'

type Row = Overview['purses'][number]
type Left = Awaited<ReturnType<typeof makeFile>>['left_out'][number]

/** Orders of each purse by how far they are; from here a purse's file is made. */
export function Purses({ purses }: { purses: Row[] }) {
  const { d, say } = useLang()
  const pays = useSession().active?.role === 'finance'
  const make = useWrite(makeFile)
  const column = (key: string, title: string, ...states: OrderState[]): Column<Row> => ({
    key,
    title,
    number: true,
    render: (row) => <Sum total={totalOf(row.states, ...states)} to={`/payment/orders?purse=${purseKey(row.purse)}&state=${states[0]}`} />,
  })
  const all = { on: '', purses, differing: 0, releases: 0, unmatched: 0 }
  return (
    <Card title={d.payment.purses} note={d.payment.pursesNote} flush>
      <DataTable
        caption={d.payment.purses}
        rows={purses}
        rowKey={(row) => purseKey(row.purse)}
        columns={[
          { key: 'purse', title: d.payment.purse, main: true, render: (row) => <b>{say(row.purse.name)}</b> },
          column('waiting', d.payment.waiting, 'waiting'),
          column('bank', d.payment.atBank, 'exported'),
          column('paid', d.payment.done, 'paid'),
          column('failed', d.payment.failedSum, 'failed'),
          ...(pays
            ? [
                {
                  key: 'make',
                  title: '',
                  render: (row: Row) =>
                    totalOf(row.states, 'waiting').count > 0 && (
                      <Button size="small" disabled={make.isPending} aria-label={`${d.payment.makeFile} ${say(row.purse.name)}`} onClick={() => make.mutate(purseKey(row.purse))}>
                        {d.payment.makeFile}
                      </Button>
                    ),
                },
              ]
            : []),
        ]}
        foot={
          <tr>
            <td>{d.payment.total}</td>
            {(['waiting', 'exported', 'paid', 'failed'] as const).map((state) => (
              <td key={state} className="num right" data-label={d.payment.orderState[state]}>
                <Sum total={inAll(all, state)} />
              </td>
            ))}
            {pays && <td />}
          </tr>
        }
      />
      {make.error && <ErrorPanel error={make.error} />}
      {make.data && make.data.left_out.length > 0 && <LeftOut orders={make.data.left_out} />}
    </Card>
  )
}

/** What waits and is not in the file that was just made, and why. */
function LeftOut({ orders }: { orders: Left[] }) {
  const { d, say } = useLang()
  return (
    <div className="card-body" role="status">
      <p className="lacking">
        <b>{fill(d.payment.leftOut, { n: orders.length })}</b>
      </p>
      <ul>
        {orders.map((o) => (
          <li key={o.id}>
            <Link to={`/payment/orders/${o.id}`}>{o.number}</Link> {say(o.why)}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Amount and count; nothing at all where there is nothing. */
function Sum({ total, to }: { total: Total; to?: string }) {
  const { d } = useLang()
  const count = fill(d.payment.orderCount, { n: total.count })
  if (total.count === 0) return <span className="faint">—</span>
  return (
    <span>
      <Money fen={total.amount} /> <span className="note">{to ? <Link to={to}>{count}</Link> : count}</span>
    </span>
  )
}
