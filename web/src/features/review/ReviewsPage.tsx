import './review.css'
import { Link } from 'react-router'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useReviews, type ReviewRow } from './api'

/** The cases that were drawn for the reviewer, those that wait first. */
export default function ReviewsPage() {
  const { d, say } = useLang()
  const w = d.review
  const list = useReviews()
  const rows = list.data?.items ?? []
  const waiting = rows.filter((r) => r.state !== 'final').length
  return (
    <>
      <PageHead title={w.title} sentence={rows.length > 0 && <Say text={waiting > 0 ? w.sentence : w.sentenceDone} parts={{ n: <b>{waiting}</b>, all: <b>{rows.length}</b> }} />} />
      <Card title={w.mine} flush>
        <Loaded query={list} lines={6}>
          {({ items, in_pool }) =>
            items.length === 0 ? (
              <Empty title={in_pool ? w.none : w.notInPool} next={in_pool ? <Link to="/declarations">{w.noneHint}</Link> : w.notInPoolHint} />
            ) : (
              <DataTable<ReviewRow>
                caption={w.mine}
                rows={items}
                rowKey={(r) => r.id}
                columns={[
                  {
                    key: 'case',
                    title: w.case,
                    main: true,
                    render: (r) => (
                      <>
                        <Link to={`/review/${r.id}`} className="row-name">
                          {r.object || say(r.measure_name)}
                        </Link>{' '}
                        <span className="note mono">{r.number}</span>
                        <div className="note">{r.org_name || w.blind}</div>
                      </>
                    ),
                  },
                  { key: 'measure', title: w.measure, render: (r) => say(r.measure_name) },
                  { key: 'panel', title: w.panel, render: (r) => r.panel },
                  { key: 'own', title: w.own, render: (r) => <span className={`chip ${r.state === 'final' ? 'chip-eligible' : r.state === 'begun' ? 'chip-lacking' : ''}`}>{w.score[r.state]}</span> },
                  { key: 'total', title: w.total, number: true, render: (r) => (r.state === 'waiting' ? <span className="faint">—</span> : fill(w.ofMost, { n: r.total, most: r.most })) },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </>
  )
}
