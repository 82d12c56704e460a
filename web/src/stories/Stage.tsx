import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router'
import { Surroundings } from '@/app/Surroundings'
import type { Lang } from '@/i18n'

/** What a pattern needs around it in a test: the same surroundings as in the console. */
export function Stage({ lang = 'zh', children }: { lang?: Lang; children: ReactNode }) {
  return (
    <Surroundings lang={lang}>
      <MemoryRouter>{children}</MemoryRouter>
    </Surroundings>
  )
}
