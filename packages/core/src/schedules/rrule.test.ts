import { describe, expect, it } from "vitest";
import { compileSchedule, nextOccurrences } from "./schedule.ts";

/**
 * The examples of RFC 5545, section 3.8.5.3, in its own words: start, rule, and the dates that it lists, "==>" left out. A list
 * that ends in "..." goes on. All are in New York; the time is 09:00 where none is said.
 */
const EXAMPLES = `
  Daily for 10 occurrences
  19970902 FREQ=DAILY;COUNT=10
    1997 September 2-11

  Daily until December 24, 1997
  19970902 FREQ=DAILY;UNTIL=19971224T000000Z
    1997 September 2-30; October 1-31; November 1-30; December 1-23

  Every other day
  19970902 FREQ=DAILY;INTERVAL=2
    1997 September 2,4,6,8,10,12,14,16,18,20,22,24,26,28,30; October 2,4,6 ...

  Every 10 days, 5 occurrences
  19970902 FREQ=DAILY;INTERVAL=10;COUNT=5
    1997 September 2,12,22; October 2,12

  Every day in January, for 3 years
  19980101 FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA
    1998 January 1-31
    1999 January 1-31
    2000 January 1-31

  The same by days
  19980101 FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1
    1998 January 1-31
    1999 January 1-31
    2000 January 1-31

  Weekly for 10 occurrences
  19970902 FREQ=WEEKLY;COUNT=10
    1997 September 2,9,16,23,30; October 7,14,21,28; November 4

  Weekly until December 24, 1997
  19970902 FREQ=WEEKLY;UNTIL=19971224T000000Z
    1997 September 2,9,16,23,30; October 7,14,21,28; November 4,11,18,25; December 2,9,16,23

  Every other week
  19970902 FREQ=WEEKLY;INTERVAL=2;WKST=SU
    1997 September 2,16,30; October 14,28; November 11,25; December 9,23
    1998 January 6,20; February 3,17 ...

  Weekly on Tuesday and Thursday for five weeks
  19970902 FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH
    1997 September 2,4,9,11,16,18,23,25,30; October 2

  The same by count
  19970902 FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH
    1997 September 2,4,9,11,16,18,23,25,30; October 2

  Every other week on Monday, Wednesday, and Friday until December 24, 1997
  19970901 FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR
    1997 September 1,3,5,15,17,19,29; October 1,3,13,15,17,27,29,31; November 10,12,14,24,26,28; December 8,10,12,22

  Every other week on Tuesday and Thursday, for 8 occurrences
  19970902 FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH
    1997 September 2,4,16,18,30; October 2,14,16

  Monthly on the first Friday for 10 occurrences
  19970905 FREQ=MONTHLY;COUNT=10;BYDAY=1FR
    1997 September 5; October 3; November 7; December 5
    1998 January 2; February 6; March 6; April 3; May 1; June 5

  Monthly on the first Friday until December 24, 1997
  19970905 FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR
    1997 September 5; October 3; November 7; December 5

  Every other month on the first and last Sunday of the month for 10 occurrences
  19970907 FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU
    1997 September 7,28; November 2,30
    1998 January 4,25; March 1,29; May 3,31

  Monthly on the second-to-last Monday of the month for 6 months
  19970922 FREQ=MONTHLY;COUNT=6;BYDAY=-2MO
    1997 September 22; October 20; November 17; December 22
    1998 January 19; February 16

  Monthly on the third-to-the-last day of the month
  19970928 FREQ=MONTHLY;BYMONTHDAY=-3
    1997 September 28; October 29; November 28; December 29
    1998 January 29; February 26 ...

  Monthly on the 2nd and 15th of the month for 10 occurrences
  19970902 FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15
    1997 September 2,15; October 2,15; November 2,15; December 2,15
    1998 January 2,15

  Monthly on the first and last day of the month for 10 occurrences
  19970930 FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1
    1997 September 30; October 1,31; November 1,30; December 1,31
    1998 January 1,31; February 1

  Every 18 months on the 10th thru 15th of the month for 10 occurrences
  19970910 FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15
    1997 September 10-15
    1999 March 10-13

  Every Tuesday, every other month
  19970902 FREQ=MONTHLY;INTERVAL=2;BYDAY=TU
    1997 September 2,9,16,23,30; November 4,11,18,25
    1998 January 6,13,20,27; March 3,10,17,24,31 ...

  Yearly in June and July for 10 occurrences
  19970610 FREQ=YEARLY;COUNT=10;BYMONTH=6,7
    1997 June 10; July 10
    1998 June 10; July 10
    1999 June 10; July 10
    2000 June 10; July 10
    2001 June 10; July 10

  Every other year on January, February, and March for 10 occurrences
  19970310 FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3
    1997 March 10
    1999 January 10; February 10; March 10
    2001 January 10; February 10; March 10
    2003 January 10; February 10; March 10

  Every 20th Monday of the year
  19970519 FREQ=YEARLY;BYDAY=20MO
    1997 May 19
    1998 May 18
    1999 May 17 ...

  Every Thursday in March
  19970313 FREQ=YEARLY;BYMONTH=3;BYDAY=TH
    1997 March 13,20,27
    1998 March 5,12,19,26
    1999 March 4,11,18,25 ...

  Every Thursday, but only during June, July, and August
  19970605 FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8
    1997 June 5,12,19,26; July 3,10,17,24,31; August 7,14,21,28
    1998 June 4,11,18,25; July 2,9,16,23,30; August 6,13,20,27 ...

  Every Friday the 13th; the start does not fit, and is none (in the RFC, an exception takes it out)
  19970902 FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13
    1998 February 13; March 13; November 13
    1999 August 13
    2000 October 13 ...

  The first Saturday that follows the first Sunday of the month
  19970913 FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13
    1997 September 13; October 11; November 8; December 13
    1998 January 10; February 7; March 7; April 11; May 9; June 13 ...

  Every 4 years, the first Tuesday after a Monday in November (U.S. Presidential Election day)
  19961105 FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8
    1996 November 5
    2000 November 7
    2004 November 2 ...

  An example where an invalid date (i.e., February 30) is ignored
  20070115 FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5
    2007 January 15,30; February 15; March 15,30

  An example where the days generated makes a difference because of WKST
  19970805 FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO
    1997 August 5,10,19,24

  Changing only WKST from MO to SU yields different results
  19970805 FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU
    1997 August 5,17,19,31`;

interface Example {
  readonly title: string;
  readonly start: string;
  readonly rule: string;
  readonly dates: readonly string[];
  readonly goesOn: boolean;
}

function readExample(block: string): Example {
  const [title, head, ...lists] = block.trim().split(/\n\s*/);
  const [start, rule] = head!.split(" ");
  const goesOn = lists.at(-1)!.endsWith("...");
  const dates = lists.flatMap((list) => {
    const year = list.slice(0, 4);
    return list
      .slice(5)
      .replace(" ...", "")
      .split("; ")
      .flatMap((month) => datesOf(year, month));
  });
  return {
    title: title!,
    start: `${start!.slice(0, 4)}-${start!.slice(4, 6)}-${start!.slice(6)}`,
    rule: rule!,
    dates,
    goesOn,
  };
}

function datesOf(year: string, text: string): string[] {
  const [month, days] = text.split(" ");
  return days!.split(",").flatMap((item) => {
    const [first, last = first] = item.split("-").map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, index) =>
      new Date(`${month} ${first! + index}, ${year} UTC`).toISOString().slice(0, 10),
    );
  });
}

function localTimes(rule: string, start: string, count: number): string[] {
  const schedule = compileSchedule({ timeZone: "America/New_York", times: { kind: "rrule", rule, start } });
  const afterMicros = Date.parse(`${start.slice(0, 10)}T00:00:00Z`) * 1000;
  const found: string[] = [];
  // Further than one search looks ahead.
  for (let from = afterMicros; found.length < count; ) {
    const next = nextOccurrences(schedule, from, 1)[0];
    if (next === undefined) break;
    found.push(next.local);
    from = next.timeMicros;
  }
  return found;
}

describe("the examples of RFC 5545", () => {
  it.each(EXAMPLES.split("\n\n").map(readExample))("$title", ({ start, rule, dates, goesOn }) => {
    const found = localTimes(rule, `${start}T09:00:00`, dates.length + 1);
    expect(found.slice(0, dates.length)).toEqual(dates.map((date) => `${date}T09:00:00`));
    expect(found.length > dates.length).toBe(goesOn);
  });

  it("every 3 hours from 9:00 AM to 5:00 PM on a specific day", () => {
    const found = localTimes("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000", "1997-09-02T09:00:00", 10);
    expect(found).toEqual(["1997-09-02T09:00:00", "1997-09-02T12:00:00", "1997-09-02T15:00:00"]);
  });

  it("every 20 minutes from 9:00 AM to 4:40 PM every day", () => {
    const rule = "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40";
    const found = localTimes(rule, "1997-09-02T09:00:00", 25);
    expect(found.slice(0, 4).map((local) => local.slice(11, 16))).toEqual(["09:00", "09:20", "09:40", "10:00"]);
    expect(found.slice(23)).toEqual(["1997-09-02T16:40:00", "1997-09-03T09:00:00"]);
  });

  it("keeps the wall clock's time across the end of daylight saving", () => {
    const times = { kind: "rrule", rule: "FREQ=DAILY", start: "1997-10-25T09:00:00" } as const;
    const schedule = compileSchedule({ timeZone: "America/New_York", times });
    const found = nextOccurrences(schedule, Date.parse("1997-10-25T00:00:00Z") * 1000, 2);
    expect(found.map(({ timeMicros }) => new Date(timeMicros / 1000).toISOString().slice(11, 16))).toEqual([
      "13:00",
      "14:00",
    ]);
  });
});

describe("hours", () => {
  it("are limited by what is larger and expanded by minutes", () => {
    const rule = "FREQ=HOURLY;INTERVAL=2;BYHOUR=6,7,8;BYDAY=SA;BYMINUTE=0,30";
    expect(localTimes(rule, "2026-11-20T06:15:10", 5)).toEqual([
      "2026-11-21T06:00:10",
      "2026-11-21T06:30:10",
      "2026-11-21T08:00:10",
      "2026-11-21T08:30:10",
      "2026-11-28T06:00:10",
    ]);
  });
});

describe("a rule that names no date", () => {
  it.each(["", ";COUNT=5"])("of the calendar never comes%s", (count) => {
    expect(localTimes(`FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30${count}`, "2026-11-20T06:00:00", 1)).toEqual([]);
  });
});

describe("a rule that cannot be followed", () => {
  it.each([
    ["FREQ=SECONDLY", "FREQ"],
    ["FREQ=MINUTELY", "FREQ"],
    ["INTERVAL=2", "FREQ"],
    ["FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "BYWEEKNO"],
    ["FREQ=YEARLY;BYYEARDAY=1,100,200", "BYYEARDAY"],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "BYSETPOS"],
    ["FREQ=DAILY;BYSECOND=1", "BYSECOND"],
    ["FREQ=DAILY;INTERVAL=0", "INTERVAL"],
    ["FREQ=DAILY;INTERVAL=1,2", "INTERVAL"],
    ["FREQ=YEARLY;INTERVAL=100", "INTERVAL"],
    ["FREQ=DAILY;COUNT=99999", "COUNT"],
    ["FREQ=DAILY;COUNT=2;UNTIL=20270101", "COUNT"],
    ["FREQ=DAILY;UNTIL=20270231", "UNTIL"],
    ["FREQ=DAILY;UNTIL=tomorrow", "UNTIL"],
    ["FREQ=WEEKLY;BYDAY=1MO", "BYDAY"],
    ["FREQ=MONTHLY;BYDAY=6MO", "BYDAY"],
    ["FREQ=MONTHLY;BYDAY=0MO", "BYDAY"],
    ["FREQ=MONTHLY;BYDAY=MONDAY", "BYDAY"],
    ["FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY"],
    ["FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"],
    ["FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"],
    ["FREQ=DAILY;BYHOUR=24", "BYHOUR"],
    ["FREQ=DAILY;FREQ=DAILY", "FREQ"],
    ["FREQ", "FREQ"],
    ["FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "COUNT"],
  ])("%s is refused by the name of its part", (rule, part) => {
    const times = { kind: "rrule", rule, start: "2026-11-21T06:00:00" } as const;
    expect(() => compileSchedule({ timeZone: "UTC", times })).toThrow(
      expect.objectContaining({ code: "schedule.rrule", details: { part } }) as unknown as Error,
    );
  });
});
