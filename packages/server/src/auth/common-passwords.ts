/**
 * A table: what the published lists of leaked passwords begin with, without what people put around it and in the place of its
 * letters (`isCommon` looks through both). In lower case, digits where they belong to it.
 */
const COMMON = new Set(
  `
1111 1212 1234 12345 123456 1234567 12345678 123456789 1234567890 0987654321 987654321 87654321 7654321 654321 54321 4321
112233 11223344 1122334455 121212 123123 123321 12344321 1234321 123654 123654789 123698745 131313 142536 147147 147258
147258369 147852 147852369 159357 159753 1597530 192837465 232323 258258 258456 321321 321654 321654987 369258147 420420
456123 456456 456789 456852 456987 147896325 741852 741852963 753159 753951 789456 789456123 789789 852456 951753 963852
963852741 963258741 102030 10203040 010203 01020304 101010 111222 111222333 112358 11235813 123789 147369 159159 212121
222333 246810 24681012 3141592 31415926 314159265 420247 555666 666999 696969 717171 777888 789123 789654 808080 999888
qwer qwerty qwert qwertz qwertyu qwertyui qwertyuiop qwertyuio azerty azertyuiop asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl
zxcv zxcvb zxcvbn zxcvbnm yxcvbnm qwaszx qazwsx qazwsxedc wsxedc edcrfv qweasd qweasdzxc qwe123 qwe asdzxc zaqwsx zaq12wsx
1qaz2wsx 2wsx3edc 1qazxsw2 zaq1xsw2 3edc4rfv 1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3 q1w2e3r4 q1w2e3r4t5 1qa2ws3ed
1a2b3c 1a2b3c4d a1b2c3 a1b2c3d4 a1s2d3f4 abc abcd abcde abcdef abcdefg abc123 123abc abcd1234 1234abcd 123qwe 1234qwer qwer1234
qweqwe asdasd asdfasdf zxczxc aassdd aaazzz poiuyt poiuytrewq lkjhgf lkjhgfdsa mnbvcx mnbvcxz rewq trewq ytrewq asd zxc aaa bbb
xxx zzz aaaa qqqq wwww eeee zzzz xxxx qaz wsx edc qwqw asas zxzx asdqwe asdqwe123 asd123 zxc123 aa12 qq123 aa123
password passwd passwort passw pass passion passphrase passcode parola parole senha contrasena contraseña motdepasse mdp wachtwoord
losenord haslo heslo jelszo sifre kodeord salasana lozinka adgangskode geslo salis clave secret secreto secrete geheim admin
administrator administrador sysadmin root toor login letmein letmeinn letmein1 openup opensesame access accesso default changeit
changeme changethis change temp temporary temppass guest user username test tester testing testtest test123 demo sample example
welcome welcom bienvenue willkommen bienvenido benvenuto hello hallo hellohello helloworld hola bonjour ciao salut server service
system manager master masters mastermind operator support security backup oracle database postgres mysql cisco juniper router
network internet intranet computer komputer laptop desktop windows microsoft linux ubuntu debian android google facebook twitter
youtube instagram snapchat whatsapp telegram discord linkedin myspace yahoo hotmail gmail outlook skype netflix spotify amazon
paypal ebay apple iphone samsung nokia motorola sony playstation nintendo xbox gamer gamecube minecraft roblox fortnite pokemon
pikachu charizard naruto sasuke dragonball goku vegeta zelda mario luigi sonic kirby halo callofduty counterstrike worldofwarcraft
warcraft starcraft diablo runescape habbo neopets bebo hi5 football fussball futbol soccer baseball basketball hockey tennis
volleyball rugby cricket golf golfer swimming skateboard snowboard surfing fishing hunting racing karate boxing wrestling chelsea
arsenal liverpool manchester manutd everton tottenham rangers celtic barcelona realmadrid juventus milan inter napoli roma bayern
schalke dortmund werder hamburg ajax feyenoord benfica sporting boca river flamengo corinthians palmeiras santos vasco gremio
steelers cowboys packers raiders patriots redskins dolphins broncos eagles giants yankees redsox dodgers cubs lakers bulls celtics
ronaldo messi cristiano beckham jordan michael jordan23 kobe lebron iloveyou iloveu iloveme iloveyou2 iluvu iloveyouso ilovejesus
ilovegod ilovemymom teamo teamomucho tequiero tiamo jetaime ichliebedich amor amorcito amore amour love lover lovers loveme loveyou
lovelove loveless lovely forever always foreverlove together marriage wedding babe baby babyboy babygirl babydoll babyphat honey
honeybee sweetie sweetheart sweety sweet sugar candy cookie cupcake chocolate chocolat cherry strawberry banana orange apple1
pumpkin peanut butter cheese pizza coffee cocacola pepsi beer whiskey vodka tequila princess princesa principessa prinzessin prince
queen king queenbee angel angelito angelina angels angelica angelface heaven jesus jesuschrist christ christian faith hope grace
blessed blessing god godisgood godbless mylord church bible lucifer satan devil demon vampire twilight edward jacob bella harry
harrypotter potter hogwarts gandalf frodo legolas starwars startrek skywalker darthvader yoda chewbacca obiwan matrix trinity neo
morpheus batman superman spiderman spider ironman hulk wolverine avengers joker catwoman superstar rockstar popstar starlight
rockyou rocknroll metallica slipknot nirvana greenday blink182 linkinpark eminem tupac snoopdogg beatles rollingstones pinkfloyd
acdc ironmaiden megadeth guitar drummer music musica dancer dance party hiphop reggae marley bobmarley sunshine sunflower sunset
sunrise sunny moonlight midnight rainbow butterfly mariposa farfalla schmetterling flower flowers blossom rose roses lily daisy
jasmine violet summer sommer winter spring autumn fruhling herbst january february march april june july august september october
november december monday tuesday wednesday thursday friday saturday sunday weekend holiday christmas halloween birthday happy
happyday happiness lucky luckyone smile smiley lollipop loser winner champion legend killer hunter hunter2 warrior soldier sniper
ranger marine army navy airforce samurai ninja pirate pirates assassin gangster gangsta thuglife player playboy pimp pimpin hustler
dragon dragons dragonfly phoenix unicorn monkey monkeys gorilla tiger tigers tigger lion lions panther leopard cheetah jaguar puma
cougar wolf wolves wolfpack bear bears panda eagle falcon hawk raven dolphin shark turtle snake cobra python viper scorpion rabbit
bunny kitten kitty hellokitty kitkat pussy pussycat cats doggy doggie puppy puppies horse horses pony ponies chicken duck ducky
froggy snoopy garfield mickey mickeymouse minnie tweety tinkerbell stitch winnie winniethepooh bambi simba nemo shrek scooby
scoobydoo spongebob patrick simpsons homer bart southpark pinkpanther buster buddy rocky rambo max maxwell lucky1 shadow smokey
ginger pepper maggie molly bailey coco daisy1 jack jackson jackass charlie bella1 sophie chester oscar rusty sammy toby zeus
hercules apollo athena spartan sparta trojan titan thunder lightning storm hurricane tornado blizzard fire firefire ice snow
snowball snowman water ocean river1 mountain forest island beach paradise hawaii florida california texas newyork brooklyn london
paris berlin munich hamburg1 madrid rome moscow tokyo sydney canada america american australia england scotland ireland germany
deutschland france espana portugal italia brasil brazil mexico argentina colombia venezuela peru chile india pakistan china japan
korea nigeria africa egypt turkey istanbul galatasaray fenerbahce besiktas red blue green yellow purple black white silver golden
gold diamond crystal platinum pink orange1 blackcat blackjack blackberry bluebird redrose whitney mercedes ferrari porsche
lamborghini corvette mustang camaro chevrolet chevy dodge ford toyota honda yamaha suzuki kawasaki ducati harley harleydavidson
nissan subaru bmw audi volkswagen jeep hummer cadillac trucker truck driver racer nascar speed turbo nitro
andrea andrew anthony antonio ashley ashton austin barbara benjamin brandon brittany brian carlos carmen caroline catherine charles
charlotte chelsea1 chris christina christine christopher claudia crystal1 cynthia dakota daniel daniela danielle david debbie dennis
diana dominic donald dylan elizabeth emily emma eric erika ethan fernando francis francisco frank gabriel gabriela george gerald
gregory hannah hector heather helena isabel isabella ivan james jamie jason javier jeffrey jennifer jenny jeremy jessica jesse
joanna john johnny jonathan jose joseph joshua juan julia julian justin karina katherine kathleen katie kelly kenneth kevin kimberly
kristen kristina laura lauren leonardo linda lisa lorena lorenzo louise lucas madison manuel marcus margaret maria mariana marina
marie mario1 mark marlene martha martin martina matthew maurice melanie melissa michelle miguel monica monika natalia natalie
natasha nathan nicholas nicole olivia pamela patricia patrick1 paul pedro peter philip rachel rafael raymond rebecca ricardo richard
robert roberto ronald rosa ruben ryan sabrina samantha samuel sandra sarah scott sebastian sergio sharon shannon sofia stefan
stefanie stephanie stephen steven susan sylvia tamara taylor teresa theresa thomas tiffany timothy tommy tyler valentina valeria
vanessa veronica victor victoria vincent virginia vivian walter wendy whitney1 william yolanda zachary alejandro alejandra
alexander alexandra alexandre alexis alicia allison amanda amelia angela anna annette
trustno1 trustnoone whatever nothing something anything everything whatever1 freedom liberty justice peace destiny dreams dreamer
fantasy magic magical mystery miracle genius einstein newton galaxy universe planet earth mars saturn jupiter venus cosmos apollo11
rainbow6 bond007 james007 agent007 jamesbond 007007 mission impossible nopassword mypassword yourpassword thepassword newpassword
oldpassword password1 password12 password123 p4ssword passpass pass1234 pass123 mypass mypass123 noaccess letitbe letitgo imagine
freebird stairway fuckyou fuckyou1 fuckoff fuckme fuck fucker motherfucker asshole bitch bitches bitchass bullshit shithead dickhead
pussy69 sexy sexygirl sexymama sexsex sexybitch hottie hotstuff hardcore pornstar playgirl naughty biteme blowme suckme eatme
killme killyou diehard death deathnote zombie monster monsters gothic emo punk punkrock skater metalhead vegeta1 stella jasper
bubbles bubba bubblegum barney barbie cinderella ariel aurora snowwhite rapunzel elsa frozen disney disneyland mylove mylife
myspace1 mybaby mygirl myangel myfamily family mother mommy mummy father daddy mama papa mamapapa brother sister friends friend
bestfriend bestfriends friendship friends4ever together4ever school college university student teacher nurse doctor lawyer engineer
police fireman cowboy cowgirl farmer farming garden gardener greenhouse harvest tractor aquarium fishtank irrigation pump sensor
company business office sales marketing finance money moneymoney dollar dollars million millionaire billionaire rich success
victory power powerful strong strength energy nuclear atomic quantum electron electric solar battery gateway modem wireless
telecom mobile phone camera printer scanner keyboard monitor mouse enter escape shift control delete backspace capslock
asdfjkl jkl asdfjkl; fdsa dvorak colemak qwerty12 qwertyqwerty qwertyasdf qwertyuiop1 azertyazerty q2w3e4r5 zaqzaq zaqxsw cdexsw
xswzaq vfrcde bgtvfr nhybgt mjunhy 1z2x3c 1z2x3c4v 1x2x3x z1x2c3 z1x2c3v4 p0o9i8 p0o9i8u7 0p9o8i 0o9i8u 5t6y7u 6y7u8i 7u8i9o
`
    .trim()
    .split(/\s+/),
);
const LONGEST = Math.max(...[...COMMON].map(({ length }) => length));

/** Besides a common one, so many characters are a password. */
const MIN_BEYOND = 4;
const LOOKALIKES: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/** Whether `text`, in lower case, is a common password, or one with fewer than four characters, or a number, around it. */
export function isCommon(text: string): boolean {
  const withoutNumbers = text.replaceAll(/^[\d\W_]+|[\d\W_]+$/gu, "");
  return (
    [text, ...unmasked(text)].some(containsLittleElse) || unmasked(withoutNumbers).some((word) => COMMON.has(word))
  );
}

/** Signs that stand for letters taken for those letters. */
function unmasked(text: string): string[] {
  const letters = [...text].map((sign) => LOOKALIKES[sign] ?? sign).join("");
  return [letters, [...text].map((sign) => (sign === "1" ? "l" : (LOOKALIKES[sign] ?? sign))).join("")];
}

function containsLittleElse(text: string): boolean {
  if (text.length >= LONGEST + MIN_BEYOND) return false;
  for (let beyond = 0; beyond < MIN_BEYOND; beyond++) {
    const length = text.length - beyond;
    for (let start = 0; start <= beyond; start++) if (COMMON.has(text.slice(start, start + length))) return true;
  }
  return false;
}
