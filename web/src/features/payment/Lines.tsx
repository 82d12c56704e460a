import { Button } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import type { Line } from './api'
import { VerdictChip } from './Chips'

interface Props {
  caption: string
  lines: Line[]
  /** The list of unmatched lines names the return of each, and offers to resolve it. */
  onResolve?: ((line: Line) => void) | undefined
  withReturn?: boolean
}

/** Lines of a bank's return with what each comes to and why. */
export function Lines({ caption, lines, onResolve, withReturn = false }: Props) {
  const { d, lang, say } = useLang()
  return (
    <DataTable
      caption={caption}
      rows={lines}
      rowKey={(l) => `${l.return}-${l.line}`}
      columns={[
        {
          key: 'line',
          title: d.payment.line,
          main: withReturn,
          ...(withReturn ? {} : { width: '64px', number: true }),
          render: (l) =>
            withReturn ? (
              <Link to={`/payment/returns/${l.return}`} className="mono">
                {l.number} · {l.line}
              </Link>
            ) : (
              l.line
            ),
        },
        { key: 'verdict', title: d.payment.verdictTitle, render: (l) => <VerdictChip line={l} /> },
        { key: 'order', title: d.payment.order, main: !withReturn, render: (l) => (l.order_id ? <Link className="mono order-number" to={`/payment/orders/${l.order_id}`}>{l.order}</Link> : <span className="mono break">{l.order || '—'}</span>) },
        { key: 'amount', title: d.payment.amount, number: true, render: (l) => (l.amount_fen === '0' ? <span className="faint">—</span> : <Money fen={l.amount_fen} />) },
        {
          key: 'said',
          title: d.payment.problem,
          render: (l) => (
            <div>
              {say(l.problem) || l.reason || <span className="mono break">{l.reference}</span>}
              {say(l.problem) && l.reference && <div className="note mono break">{l.reference}</div>}
              {l.resolution && (
                <div className="note">
                  {fill(d.app.said, { what: l.resolved_by, words: l.resolution })}
                </div>
              )}
            </div>
          ),
        },
        { key: 'day', title: d.payment.day, render: (l) => <span className="num">{tableDate(l.day, lang)}</span> },
        ...(onResolve
          ? [
              {
                key: 'resolve',
                title: '',
                render: (l: Line) => (
                  <Button size="small" aria-label={`${d.payment.resolve} ${l.number} ${l.line}`} onClick={() => onResolve(l)}>
                    {d.payment.resolve}
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}
