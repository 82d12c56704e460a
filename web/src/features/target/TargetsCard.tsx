import './target.css'
import { Link } from 'react-router'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { LightChip } from '@/pattern/goal/LightChip'
import { Loaded } from '@/pattern/state/Loaded'
import { useBoard } from './api'
import { Figure } from './TargetRow'

const FIRST = 7

/** The region's targets on the first page of a day: the figure, where it leads, a tick a year. */
export function TargetsCard() {
  const { d, say } = useLang()
  const board = useBoard(0)
  const shown = board.data?.targets.filter((t) => t.goal?.year === board.data.year && t.part_of === '').slice(0, FIRST) ?? []
  return (
    <Card title={d.target.list} extra={<Link to="/targets">{d.target.allTargets}</Link>} flush>
      <Loaded query={board} lines={6}>
        {(b) => (
          <ul>
            {shown.map((t) => (
              <li key={t.id} className="target-row">
                <div className="target-head">
                  <Link to={`/targets?target=${t.id}`} className="target-name">
                    {say(t.name)}
                  </Link>
                  {t.light !== 'reached' && t.light !== 'on_pace' && <LightChip light={t.light} />}
                </div>
                {t.readings.slice(0, 1).map((r) => (
                  <Figure key={r.id} target={t} reading={r} year={b.year} brief />
                ))}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  )
}
