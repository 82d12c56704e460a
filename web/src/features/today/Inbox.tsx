import './today.css'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { useLang } from '@/i18n'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Clock } from '@/pattern/time/Clock'
import type { Waiting } from './model'
import { Since } from './Since'

/** What waits, most urgent first. j and k move, Enter opens: the row's link has the focus. */
export function Inbox({ rows, showOrg }: { rows: Waiting[]; showOrg: boolean }) {
  const { d, say } = useLang()
  useWalk()
  return (
    <div data-inbox>
      <DataTable
        caption={d.today.inbox}
        rows={rows}
        rowKey={(w) => w.key}
        columns={[
          { key: 'verb', title: d.today.todo, width: '64px', render: (w) => <b>{d.today.verb[w.verb]}</b> },
          {
            key: 'matter',
            title: d.today.matter,
            main: true,
            render: (w) => (
              <>
                <Link to={w.to} data-walk className="inbox-link">
                  {showOrg ? w.org : say(w.measure)}
                </Link>{' '}
                <span className="note mono">{w.number}</span> {w.green && <span className="chip chip-eligible">{d.lane.green}</span>}
                <div className="note">{[showOrg ? '' : w.object, say(w.note)].filter(Boolean).join(' · ')}</div>
              </>
            ),
          },
          {
            key: 'basis',
            title: d.today.basis,
            render: (w) => (
              <span>
                {w.clause && <ClauseRef clause={w.clause} />}
                {showOrg && <div className="note">{[say(w.measure), w.object].filter(Boolean).join(' · ')}</div>}
              </span>
            ),
          },
          { key: 'amount', title: d.today.amount, number: true, render: (w) => (w.amount_fen === null ? <span className="faint">—</span> : <Money fen={w.amount_fen} />) },
          { key: 'since', title: d.today.since, render: (w) => <Since day={w.since} waited={w.waited} /> },
          ...(rows.some((w) => w.clock) ? [{ key: 'clock', title: d.today.clock, render: (w: Waiting) => w.clock && <Clock face={w.clock} /> }] : []),
        ]}
      />
    </div>
  )
}

function useWalk() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== 'j' && event.key !== 'k')) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]')) return
      const links = Array.from(document.querySelectorAll<HTMLElement>('[data-inbox] [data-walk]'))
      const here = links.indexOf(document.activeElement as HTMLElement)
      links[Math.min(links.length - 1, Math.max(0, here + (event.key === 'j' ? 1 : -1)))]?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
